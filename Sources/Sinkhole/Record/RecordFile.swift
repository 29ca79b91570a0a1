import Glibc

/// The file that lines of the record go to, a batch at a time, on the thread of whoever calls: never a worker's.
///
/// It is rotated by size and by age, and what is kept is bounded in number and in age (`RecordLimits`). Whatever
/// happens to it, a call returns soon: lines that cannot be written are dropped and counted, the file is tried again
/// after a rest (1 s, doubling to 60 s), and a warning says so once a minute. So a full disk, a folder that is missing
/// or may not be written to, and a file that another program removes, moves away or truncates (logrotate) all mend
/// themselves. A file that ends within a line, because its writer was killed or the disk was full, first gets a line
/// feed, so that the next line is whole.
package final class RecordFile {
  private struct OpenFile {
    let file: AppendFile
    /// When its first line is of; nil while it is empty.
    var firstTime: Int64?
    var endsWithinLine: Bool
  }

  package let path: String
  private let limits: RecordLimits
  private let counters: RecordCounters
  private let rotated: RotatedFiles
  private var warnings: RecordWarnings
  private var open: OpenFile?
  /// How long the last rest was, 0 when all is well; nothing is tried before `nextAttempt`.
  private var rest: UInt64 = 0
  private var nextAttempt: UInt64 = 0
  private var nextLook: UInt64 = 0
  private var nextRotation: UInt64 = 0
  private var nextCleaning: UInt64 = 0

  /// Opens nothing yet: the first `write` does, and again whenever that is needed.
  /// - Parameter warn: is given `key=value` texts: that lines are dropped, that they are written again, that a
  ///   rotation or a deletion failed; at most one of each in a minute.
  package init(path: String, limits: RecordLimits, counters: RecordCounters, warn: @escaping (String) -> Void) {
    self.path = path
    self.limits = limits
    self.counters = counters
    rotated = RotatedFiles(path: path)
    warnings = RecordWarnings(path: path, warn: warn)
  }

  /// Writes a batch. An empty one sees to rotation and age all the same: call it now and then.
  /// - Parameters:
  ///   - batch: whole lines, each with its line feed.
  ///   - lines: how many.
  package func write(_ batch: [UInt8], lines: Int, at moment: RecordMoment) {
    guard moment.steady >= nextAttempt else { return drop(lines) }
    if batch.isEmpty, moment.steady < nextLook { return }
    nextLook = moment.steady &+ RecordLimits.betweenLooks
    var left = lines
    do throws(SystemError) {
      try openCurrent()
      if mustRotate(for: batch.count, at: moment) { try rotate(at: moment) }
      if moment.steady >= nextCleaning { clean(at: moment) }
      guard !batch.isEmpty else { return }
      try append(batch, left: &left, at: moment)
      rest = 0
      warnings.resumed()
    } catch {
      drop(left)
      // Opening it anew looks at everything anew: that it is there, and whether it ends within a line.
      open = nil
      rest = rest == 0 ? RecordLimits.shortestRest : min(rest * 2, RecordLimits.longestRest)
      nextAttempt = moment.steady &+ rest
      counters.add(.failures)
      warnings.dropping(error, at: moment.steady)
    }
  }

  /// Makes `open` the file that the name means now.
  private func openCurrent() throws(SystemError) {
    if let file = open?.file, FileIdentity(at: path) == file.identity {
      // Truncated by somebody: as good as new.
      if file.size == 0 { open = OpenFile(file: file, firstTime: nil, endsWithinLine: false) }
      return
    }
    open = nil
    let file = try AppendFile(path)
    open = OpenFile(file: file, firstTime: RotatedFiles.firstTime(of: path), endsWithinLine: file.endsWithinLine)
  }

  private func mustRotate(for count: Int, at moment: RecordMoment) -> Bool {
    guard let open, let firstTime = open.firstTime, moment.steady >= nextRotation else { return false }
    return count > 0 && open.file.size + count > limits.fileSize || moment.wall - firstTime >= limits.rotationAge
  }

  /// A file that cannot be rotated is written to all the same: another program may rotate it, and a long file is
  /// better than none.
  private func rotate(at moment: RecordMoment) throws(SystemError) {
    do throws(SystemError) {
      try rotated.rotate()
      counters.add(.rotated)
      nextCleaning = moment.steady
    } catch {
      counters.add(.failures)
      nextRotation = moment.steady &+ RecordLimits.betweenWarnings
      warnings.notRotated(error)
    }
    try openCurrent()
  }

  private func clean(at moment: RecordMoment) {
    nextCleaning = moment.steady &+ RecordLimits.betweenCleanings
    let (deleted, error) = rotated.remove(beyond: limits.keep, before: moment.wall - limits.maximumAge)
    counters.add(.deleted, deleted)
    if let error {
      counters.add(.failures)
      warnings.notDeleted(error, at: moment.steady)
    }
  }

  /// - Parameter left: lines that are not yet in the file, also when this throws.
  private func append(_ batch: [UInt8], left: inout Int, at moment: RecordMoment) throws(SystemError) {
    guard let current = open else { return }
    if current.firstTime != nil, current.file.size + batch.count > limits.fileSize * RecordLimits.overgrowth {
      throw SystemError("write", number: EFBIG)
    }
    let lineFeed = UInt8(ascii: "\n")
    let octets = current.endsWithinLine ? [lineFeed] + batch : batch
    let outcome = current.file.append(octets.span)
    open = OpenFile(file: current.file, firstTime: current.firstTime ?? moment.wall, endsWithinLine: false)
    var written = left
    if let error = outcome.error {
      let whole = octets[..<outcome.written].count { $0 == lineFeed }
      written = current.endsWithinLine ? max(whole - 1, 0) : whole
      counters.add(.written, written)
      left -= written
      throw error
    }
    counters.add(.written, written)
    left = 0
  }

  private func drop(_ lines: Int) {
    counters.add(.dropped, lines)
    warnings.count(dropped: lines)
  }
}
