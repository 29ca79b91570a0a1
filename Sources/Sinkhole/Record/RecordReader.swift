import Glibc

/// Reads the record back: every rotated file and then the one that is written to, oldest first, line by line, in
/// memory that does not grow with the files.
///
/// All files are opened at the start, from the newest to the oldest. A rotation meanwhile makes each one older, so
/// one may be met twice, which its identity tells, and none is missed.
package final class RecordReader {
  /// Lines that were passed over.
  package struct Skipped: Sendable, Equatable {
    /// No whole record: their writer was stopped within them, or they are something else's.
    package var torn = 0
    /// Longer than 64 KiB.
    package var tooLong = 0

    package init(torn: Int = 0, tooLong: Int = 0) {
      self.torn = torn
      self.tooLong = tooLong
    }
  }

  package private(set) var skipped = Skipped()
  private let files: [FileReader]

  /// - Throws: a file cannot be read, or there is none: neither `path` nor one it was rotated to.
  package init(path: String) throws(Fault) {
    var files: [FileReader] = []
    do throws(SystemError) {
      let rotated = RotatedFiles(path: path)
      // The one being written may just have been moved away; then the others say what there is.
      if let file = try RecordReader.open(path) { files.append(file) }
      for number in try rotated.numbers() {
        guard let file = try RecordReader.open(rotated.path(number)) else { continue }
        if !files.contains(where: { $0.identity == file.identity }) { files.append(file) }
      }
      guard !files.isEmpty else { throw SystemError("open", number: ENOENT) }
    } catch {
      throw RecordReader.fault(path, error)
    }
    self.files = files.reversed()
  }

  /// Nil for a file that is not there.
  private static func open(_ path: String) throws(SystemError) -> FileReader? {
    do throws(SystemError) {
      return try FileReader(path)
    } catch {
      guard error.number == ENOENT else { throw error }
      return nil
    }
  }

  /// Gives each record to `body`, until that returns false. Call it once.
  /// - Throws: reading failed midway; what was given before stands.
  package func read(_ body: (RecordView) -> Bool) throws(Fault) {
    for file in files {
      do throws(SystemError) {
        guard try read(file, body) else { return }
      } catch {
        throw RecordReader.fault(file.path, error)
      }
    }
  }

  /// False when `body` wants no more.
  private func read(_ file: FileReader, _ body: (RecordView) -> Bool) throws(SystemError) -> Bool {
    var buffer = [UInt8](repeating: 0, count: RecordLimits.readLine + 1)
    // What is in the buffer: the start of a line that has not ended yet.
    var filled = 0
    // The rest of a line that did not fit.
    var isSkipping = false
    while true {
      let count = try file.read(into: &buffer, from: filled)
      guard count > 0 else { break }
      let end = filled + count
      var start = 0
      for index in filled..<end where buffer[index] == UInt8(ascii: "\n") {
        if isSkipping {
          isSkipping = false
        } else if !take(buffer.span.extracting(start..<index), body) {
          return false
        }
        start = index + 1
      }
      if isSkipping { start = end }
      if start == 0, end == buffer.count {
        skipped.tooLong += 1
        isSkipping = true
        start = end
      }
      for index in start..<end { buffer[index - start] = buffer[index] }
      filled = end - start
    }
    // Its writer was stopped, or is about to write the rest.
    return filled == 0 || take(buffer.span.extracting(0..<filled), body)
  }

  private func take(_ line: Span<UInt8>, _ body: (RecordView) -> Bool) -> Bool {
    guard !line.isEmpty else { return true }
    guard let record = RecordView(line) else {
      skipped.torn += 1
      return true
    }
    return body(record)
  }

  private static func fault(_ path: String, _ error: SystemError) -> Fault {
    let remedy =
      switch error.number {
      case ENOENT, ENOTDIR: "Give the file that the server writes its record to."
      case EACCES, EPERM: "Run this as the server's user, or one who may read its files."
      case EISDIR, EINVAL: "Give a regular file."
      default: "See to its file system."
      }
    return Fault(file: path, "cannot be read: \(error)", remedy: remedy)
  }
}
