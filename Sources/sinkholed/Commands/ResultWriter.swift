import Glibc
import Sinkhole

/// Standard output for results of many lines: written 64 KiB at a time, in memory that stays the same.
struct ResultWriter {
  private static let size = 64 << 10
  private var octets: [UInt8] = []

  mutating func line(_ text: String) throws(SystemError) {
    octets.append(contentsOf: text.utf8)
    try endLine()
  }

  /// The octets as they are, and a line feed.
  mutating func line(_ span: Span<UInt8>) throws(SystemError) {
    for index in span.indices { octets.append(span[index]) }
    try endLine()
  }

  private mutating func endLine() throws(SystemError) {
    octets.append(UInt8(ascii: "\n"))
    if octets.count >= ResultWriter.size { try flush() }
  }

  mutating func flush() throws(SystemError) {
    var done = 0
    while done < octets.count {
      let count = unsafe octets.span.extracting(done...).withUnsafeBytes { source in
        unsafe write(STDOUT_FILENO, source.baseAddress, source.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("write") }
      done += count
    }
    octets.removeAll(keepingCapacity: true)
  }
}
