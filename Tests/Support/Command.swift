import Foundation

/// A program run to its end, or started and ended by us.
package struct Command {
  package struct Result: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String
  }

  /// Runs `arguments[0]`, looked up in PATH, and gives its status and what it printed.
  @discardableResult
  package static func run(_ arguments: String..., input: String? = nil) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Read one at a time is enough: what is run here prints little to one of the two.
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errorText = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self))
  }

  /// The package's folder.
  package static var root: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }
}

/// A server process of a test, ended with it.
package final class Peer: @unchecked Sendable {
  package let process = Process()
  package let folder: String
  private let output: String

  /// Starts `arguments` in `folder`; everything it prints goes to `folder/output`.
  package init(_ arguments: [String], in folder: String) throws {
    self.folder = folder
    output = folder + "/output"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let handle = FileHandle(forWritingAtPath: output)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit { stop() }

  package var text: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

  package func stop() {
    guard process.isRunning else { return }
    process.terminate()
    for _ in 0..<100 where process.isRunning { usleep(50_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// A new folder of the test's own.
  package static func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("sinkhole-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// A port free for both transports at the moment.
  package static func freePort() throws -> UInt16 {
    for _ in 0..<64 {
      let udp = try TestSocket()
      if (try? TestSocket(listening: udp.port, stream: true)) != nil { return udp.port }
    }
    throw TestSocket.Failure(text: "no free port")
  }

  /// Waits until `condition` holds, a minute at most: many servers may be starting at once on few cores.
  package static func wait(until condition: () throws -> Bool) rethrows -> Bool {
    let end = Date().addingTimeInterval(60)
    while Date() < end {
      if try condition() { return true }
      usleep(20_000)
    }
    return false
  }
}
