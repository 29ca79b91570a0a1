import Glibc

/// Who holds a port, read from `/proc`: for the message of a start that failed.
package enum PortHolder {
  /// `unbound (pid 812)`, or nil when nobody can be told: the holder is another user's, or gone.
  package static func find(port: UInt16, isUDP: Bool) -> String? {
    let tables = isUDP ? ["/proc/net/udp", "/proc/net/udp6"] : ["/proc/net/tcp", "/proc/net/tcp6"]
    let held = Set(tables.flatMap { inodes(in: $0, port: port, isUDP: isUDP) })
    guard !held.isEmpty, let processes = try? folders("/proc") else { return nil }
    for process in processes where Int(process) != nil {
      guard let descriptors = try? folders("/proc/\(process)/fd") else { continue }
      for descriptor in descriptors {
        let target = link("/proc/\(process)/fd/\(descriptor)")
        guard target.hasPrefix("socket:["), held.contains(String(target.dropFirst(8).dropLast())) else { continue }
        let name = text("/proc/\(process)/comm").filter { !$0.isNewline }
        return "\(name) (pid \(process))"
      }
    }
    return nil
  }

  private static func inodes(in table: String, port: UInt16, isUDP: Bool) -> [String] {
    let hex = String(port, radix: 16, uppercase: true)
    let wanted = ":" + String(repeating: "0", count: 4 - hex.count) + hex
    return text(table).split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      // Local address is the second field, state the fourth (0A: listening), inode the tenth.
      guard fields.count > 9, fields[1].hasSuffix(wanted), isUDP || fields[3] == "0A" else { return nil }
      return String(fields[9])
    }
  }

  private static func folders(_ path: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw SystemError("opendir") }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      names.append(
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) { octets in
          unsafe String(decoding: octets.prefix(while: { $0 != 0 }), as: UTF8.self)
        })
    }
    return names
  }

  private static func link(_ path: String) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress, case let count = unsafe readlink(path, base, 255), count > 0 else {
        return ""
      }
      return unsafe String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
    }
  }

  /// Files of `/proc` have no size: read to the end.
  private static func text(_ path: String) -> String {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return "" }
    defer { close(number) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = unsafe read(number, &chunk, chunk.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += chunk[..<count]
    }
  }
}
