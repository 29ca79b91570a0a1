import Foundation
import SinkholeWeb
import Testing

@Suite("header fields", .timeLimit(.minutes(1)))
struct HeaderTests {
  @Test(
    "every answer carries the same protection",
    arguments: [("chat.example.org", 403), ("www.example.net", 421), ("127.0.0.1", 200), ("a b", 400)])
  func protection(host: String, status: Int) async throws {
    try await Harness.run { server in
      let response = try await server.get(host)
      #expect(response.status == status)
      #expect(response.headers["cache-control"] == "no-store")
      #expect(response.headers["referrer-policy"] == "no-referrer")
      #expect(response.headers["x-content-type-options"] == "nosniff")
      #expect(response.headers["connection"] == "close")
      #expect(response.headers["vary"] == "Accept, Accept-Language")
      #expect(response.headers["content-language"] == "en")
      #expect(response.headers["content-length"] == "\(response.body.utf8.count)")
      for absent in ["server", "strict-transport-security", "set-cookie", "access-control-allow-origin"] {
        #expect(response.headers[absent] == nil)
      }
    }
  }

  @Test("the content security policy admits the page's own style and nothing else")
  func contentSecurityPolicy() async throws {
    try await Harness.run { server in
      let response = try await server.get("chat.example.org")
      let start = try #require(response.body.firstRange(of: "<style>")).upperBound
      let end = try #require(response.body.firstRange(of: "</style>")).lowerBound
      let hash = try sha256(of: String(response.body[start..<end])).base64EncodedString()
      #expect(
        response.headers["content-security-policy"]
          == "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
      #expect(!response.body.contains("style=\""))
      #expect(!response.body.contains("<script"))
      #expect(!response.body.contains("src="))
      #expect(!response.body.contains("<link"))
    }
  }

  /// By coreutils: one hash is not worth a cryptographic library among our dependencies.
  private func sha256(of text: String) throws -> Data {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("style-\(UUID().uuidString).css")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sha256sum", file.path]
    process.standardOutput = output
    try process.run()
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let digits = Array(printed.prefix(64))
    try #require(digits.count == 64)
    return Data(stride(from: 0, to: 64, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) })
  }
}
