/// The files that a record was rotated to: NAME.1, the newest, to NAME.n. Other names beside it (`NAME.2.gz`,
/// `NAME-20261201`) are somebody else's and left alone.
package struct RotatedFiles: Sendable {
  /// Of the file that is written to.
  package let path: String

  package init(path: String) { self.path = path }

  package func path(_ number: Int) -> String { "\(path).\(number)" }

  /// The numbers that exist, from the newest file to the oldest.
  package func numbers() throws(SystemError) -> [Int] {
    let (folder, name) = Folder.split(path)
    let names = try Folder.names(in: folder, prefix: name + ".")
    return names.compactMap { number($0.dropFirst(name.count + 1)) }.sorted()
  }

  /// Makes the file NAME.1, and of the others those older by one that stand in its way: up to the first gap, which a
  /// rotation stopped midway leaves. So it may be tried as often as need be, and ages nothing twice.
  func rotate() throws(SystemError) {
    var last = 0
    for number in try numbers() where number == last + 1 { last = number }
    for number in stride(from: last, to: 0, by: -1) { try Folder.rename(path(number), to: path(number + 1)) }
    try Folder.rename(path, to: path(1))
  }

  /// Deletes those beyond NAME.`keep`, and those whose first line is of before `time`.
  /// - Returns: how many were deleted, and the first failure. The others are deleted all the same.
  func remove(beyond keep: Int, before time: Int64) -> (deleted: Int, error: SystemError?) {
    var (deleted, failure): (Int, SystemError?) = (0, nil)
    do throws(SystemError) {
      for number in try numbers() {
        let path = path(number)
        guard number > keep || RotatedFiles.firstTime(of: path).map({ $0 < time }) == true else { continue }
        do throws(SystemError) {
          try Folder.remove(path)
          deleted += 1
        } catch {
          failure = failure ?? error
        }
      }
    } catch {
      failure = error
    }
    return (deleted, failure)
  }

  /// When the first event in the file at `path` was; the file's own time when none of its first lines can be read,
  /// nil for an empty file and for none.
  static func firstTime(of path: String) -> Int64? {
    guard let file = try? FileReader(path) else { return nil }
    var start = [UInt8](repeating: 0, count: RecordLimits.readLine)
    guard let count = try? file.read(into: &start), count > 0 else { return nil }
    var lineStart = 0
    for index in 0..<count where start[index] == UInt8(ascii: "\n") {
      if let record = RecordView(start.span.extracting(lineStart..<index)), let time = record.time { return time }
      lineStart = index + 1
    }
    return file.modified
  }

  /// 1 to 999,999, written without leading zeros.
  private func number(_ digits: Substring) -> Int? {
    guard (1...6).contains(digits.utf8.count), digits.utf8.first != UInt8(ascii: "0"),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(digits)
  }
}
