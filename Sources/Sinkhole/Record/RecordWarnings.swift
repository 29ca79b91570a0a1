import Glibc

/// What is said about the record's file when something is wrong with it: at once, then at most once a minute.
struct RecordWarnings {
  private let path: String
  private let warn: (String) -> Void
  private var dropped = 0
  /// Whether lines are being dropped and somebody has been told.
  private var isTold = false
  private var nextDropping: UInt64 = 0
  private var nextDeletion: UInt64 = 0

  init(path: String, warn: @escaping (String) -> Void) {
    self.path = PlainText.escaped(path)
    self.warn = warn
  }

  /// Lines since the last warning, to be told with the next.
  mutating func count(dropped lines: Int) { dropped += lines }

  mutating func dropping(_ error: SystemError, at steady: UInt64) {
    guard steady >= nextDropping else { return }
    nextDropping = steady &+ RecordLimits.betweenWarnings
    say("record_dropping", "lines=\(dropped) ", error)
    dropped = 0
    isTold = true
  }

  mutating func resumed() {
    guard isTold else { return }
    isTold = false
    warn("event=record_resumed file=\"\(path)\" lines=\(dropped)")
    dropped = 0
  }

  /// The caller waits for a minute before it tries again.
  func notRotated(_ error: SystemError) {
    say("record_not_rotated", "", error)
  }

  mutating func notDeleted(_ error: SystemError, at steady: UInt64) {
    guard steady >= nextDeletion else { return }
    nextDeletion = steady &+ RecordLimits.betweenWarnings
    say("record_not_deleted", "", error)
  }

  private func say(_ event: String, _ more: String, _ error: SystemError) {
    warn("event=\(event) file=\"\(path)\" \(more)error=\"\(error)\" remedy=\"\(RecordWarnings.remedy(error.number))\"")
  }

  /// What to do about a file that cannot be written, made or moved.
  static func remedy(_ number: Int32) -> String {
    switch number {
    case ENOSPC, EDQUOT: "Free space on its file system."
    case EFBIG: "Let the server's user rename files in its folder, or rotate it from outside."
    case EACCES, EPERM, EROFS: "Let the server's user write in its folder."
    case ENOENT, ENOTDIR: "Make its folder."
    case EISDIR, EINVAL: "Give it the name of a regular file."
    default: "See to its file system."
    }
  }
}
