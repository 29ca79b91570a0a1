import Logging
import Synchronization

/// Log lines that a flood cannot multiply: of each kind one a minute, with how many there were since the last.
final class Alarm: Sendable {
  private static let interval = Duration.seconds(60)

  private struct Kind {
    var last: ContinuousClock.Instant?
    var count = 0
  }

  private let logger: Logger
  private let kinds = Mutex<[String: Kind]>([:])

  init(_ logger: Logger) { self.logger = logger }

  /// - Parameter event: one of few fixed words: each is remembered.
  func raise(_ event: String, _ level: Logger.Level, _ text: @autoclosure () -> String) {
    let now = ContinuousClock.now
    let count = kinds.withLock { kinds -> Int? in
      var kind = kinds[event] ?? Kind()
      defer { kinds[event] = kind }
      kind.count += 1
      if let last = kind.last, now - last < Alarm.interval { return nil }
      defer { kind = Kind(last: now, count: 0) }
      return kind.count
    }
    if let count { logger.log(level: level, "event=\(event) count=\(count) \(text())") }
  }
}
