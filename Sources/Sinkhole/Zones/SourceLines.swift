import Glibc

/// The lines of one source, read in pieces, so that a list of any size costs no more memory than a piece and a line.
///
/// It is where what is no text ends: a NUL octet, a line without end, a file that changes while it is read.
package struct SourceLines: ~Copyable {
  /// Octets read at once.
  private static let pieceSize = 256 << 10
  /// Octets of a line, far above what one record or rule needs.
  package static let maximumLineLength = 64 << 10
  /// Octets of a source, with all that it includes.
  package static let maximumSize = 1 << 30

  package let file: String
  /// Octets.
  package let size: Int
  /// Seconds since 1970.
  package let modified: Int
  /// Nil for text in memory.
  package let identity: FileIdentity?
  /// Number of the line given last, from 1.
  package private(set) var line = 0
  /// Octets given so far.
  package private(set) var consumed = 0

  private let reader: FileReader?
  private var buffer: [UInt8]
  /// What of the buffer is read and not given yet.
  private var start = 0
  private var end = 0
  private var isAtEnd: Bool
  /// Where in the buffer the first NUL stands.
  private var firstNUL: Int?

  /// - Throws: `Fault`: it cannot be read, is empty or larger than a source may be.
  package init(file: String) throws(Fault) {
    let reader = try SourceLines.open(file)
    try SourceLines.check(reader.size, file)
    self.file = file
    size = reader.size
    modified = Int(reader.modified / 1000)
    identity = reader.identity
    self.reader = reader
    buffer = [UInt8](repeating: 0, count: SourceLines.pieceSize + SourceLines.maximumLineLength)
    isAtEnd = false
  }

  private static func open(_ file: String) throws(Fault) -> FileReader {
    do throws(SystemError) {
      return try FileReader(file)
    } catch {
      throw unreadable(file, error)
    }
  }

  /// Text already in memory, called `file` in faults.
  package init(text: [UInt8], file: String, modified: Int = 0) throws(Fault) {
    try SourceLines.check(text.count, file)
    self.file = file
    self.modified = modified
    size = text.count
    identity = nil
    reader = nil
    buffer = text
    end = text.count
    isAtEnd = true
    firstNUL = SourceLines.first(0, in: buffer, from: 0, to: end)
  }

  /// What the ranges of `next` point into.
  package var octets: Span<UInt8> {
    @_lifetime(borrow self) get { buffer.span }
  }

  /// The next line without its end, as a range of `octets` that holds until the next call; nil after the last.
  ///
  /// - Throws: `Fault`: what is read is no text, or changed.
  package mutating func next() throws(Fault) -> Range<Int>? {
    while true {
      if let lineEnd = SourceLines.first(UInt8(ascii: "\n"), in: buffer, from: start, to: end) {
        let line = try take(to: lineEnd)
        start = lineEnd + 1
        return line
      }
      if isAtEnd {
        guard start < end else { return nil }
        let line = try take(to: end)
        start = end
        return line
      }
      guard end - start <= SourceLines.maximumLineLength else { throw tooLong() }
      try refill()
    }
  }

  private mutating func take(to lineEnd: Int) throws(Fault) -> Range<Int> {
    if let firstNUL, firstNUL < lineEnd {
      throw Fault(
        file: file, line: line + 1, column: firstNUL - start + 1, "a NUL octet, expected text",
        remedy: "Name a plain text file; unpack it first if it is compressed.")
    }
    guard lineEnd - start <= SourceLines.maximumLineLength else { throw tooLong() }
    if line == 0 { skipByteOrderMark(lineEnd) }
    line += 1
    consumed += lineEnd - start + 1
    let isCut = lineEnd > start && buffer[lineEnd - 1] == UInt8(ascii: "\r")
    return start..<(isCut ? lineEnd - 1 : lineEnd)
  }

  /// Moves what is left to the front, and reads behind it.
  private mutating func refill() throws(Fault) {
    let rest = end - start
    for index in 0..<rest { buffer[index] = buffer[start + index] }
    if let nul = firstNUL { firstNUL = nul - start }
    (start, end) = (0, rest)
    let count: Int
    do throws(SystemError) {
      count = try reader?.read(into: &buffer, from: rest) ?? 0
    } catch {
      throw SourceLines.unreadable(file, error)
    }
    end += count
    if firstNUL == nil { firstNUL = SourceLines.first(0, in: buffer, from: rest, to: end) }
    guard count == 0 else { return }
    isAtEnd = true
    if reader?.hasChanged() ?? false {
      throw Fault(file: file, "changed while it was read", remedy: "Load again; replace files by renaming onto them.")
    }
  }

  private static func check(_ size: Int, _ file: String) throws(Fault) {
    if size == 0 {
      throw Fault(file: file, "is empty, expected a policy zone or list", remedy: "Fill it, or remove it from zones.")
    }
    if size > maximumSize { throw tooLarge(file) }
  }

  /// Windows' editors put one before UTF-8.
  private mutating func skipByteOrderMark(_ lineEnd: Int) {
    if lineEnd >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { start = 3 }
  }

  private func tooLong() -> Fault {
    Fault(
      file: file, line: line + 1, "a line of more than \(SourceLines.maximumLineLength) octets",
      remedy: "Part it; or is this the right file?")
  }

  static func tooLarge(_ file: String) -> Fault {
    Fault(file: file, "more than \(maximumSize >> 30) GiB with all that it includes", remedy: "Part it.")
  }

  private static func unreadable(_ file: String, _ error: SystemError) -> Fault {
    Fault(file: file, "cannot be read: \(error)", remedy: "Check the path and its permissions.")
  }

  private static func first(_ octet: UInt8, in buffer: borrowing [UInt8], from start: Int, to end: Int) -> Int? {
    guard start < end else { return nil }
    precondition(start >= 0 && end <= buffer.count)
    return unsafe buffer.withUnsafeBytes { octets in
      guard let base = octets.baseAddress else { return nil }
      // Safe: the precondition holds the range inside the buffer. A loop over the octets costs a tenth of the reading.
      guard let found = unsafe memchr(base + start, Int32(octet), end - start) else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}
