/// The bounds of the record of restricted queries: what is kept on disk and in memory, and for how long. What
/// happens when one is reached stands at each.
package struct RecordLimits: Sendable, Hashable {
  /// Octets of the file that is written to; a batch that would pass them goes to a new one.
  package var fileSize = 64 << 20
  /// Milliseconds from a file's first line until it is rotated, if its size did not do so before. Never more than
  /// an eighth of `maximumAge`, whatever is set.
  package var fileAge: Int64 = 86_400_000
  /// Rotated files that are kept beside the one written to: NAME.1, the newest, to NAME.14. Older ones are deleted. The
  /// reader opens all of them at once: not more than a thousand.
  package var keep = 14
  /// Milliseconds. A rotated file goes once its first line is older, so that no line outlives this by more than
  /// an hour; rotating at an eighth keeps at least seven eighths of the time.
  package var maximumAge: Int64 = 90 * 86_400_000
  /// Milliseconds in which repeats of an event become one line; 0 gives each a line of its own.
  package var foldWindow: UInt64 = 60_000
  /// Events whose repeats are counted at once. When full, the oldest window ends early: its line is written, and
  /// the end counted (`record.folds_early`). An entry takes about 1.5 KiB.
  package var foldEntries = 10_000

  package init() {}

  /// When a file is rotated for its age.
  var rotationAge: Int64 { min(fileAge, maximumAge / 8) }

  /// Octets of one value in a line, escapes included; longer ones are cut and end in `…`. The longest name, 255
  /// octets of which each takes five, is below it.
  static let valueLength = 1536
  /// Octets of a line as it is written: no more than this with every value at its longest.
  package static let writtenLine = 24 << 10
  /// Octets of a line that the reader takes; longer ones are skipped and counted.
  package static let readLine = 64 << 10
  /// Octets that gather before they are written, if the caller does not ask for it sooner.
  static let batch = 1 << 20
  /// A file that cannot be rotated grows to so many times `fileSize`; what comes then is dropped and counted.
  static let overgrowth = 4
  /// Milliseconds between attempts to write to a file that refuses, doubling from the first to the last.
  static let shortestRest: UInt64 = 1000
  static let longestRest: UInt64 = 60_000
  /// Milliseconds between two warnings.
  static let betweenWarnings: UInt64 = 60_000
  /// Milliseconds between two looks at the age of rotated files.
  static let betweenCleanings: UInt64 = 3_600_000
  /// Milliseconds between two looks at a file that nothing is written to.
  static let betweenLooks: UInt64 = 1000
  /// Names, clients, services, groups or verdicts that a summary counts at once; when there are more, the rarer
  /// half goes to the row `others`.
  package static let summaryEntries = 20_000
  /// Rows of a summary for names and clients, and for the rest.
  package static let summaryTopRows = 20
  package static let summaryRows = 100
}
