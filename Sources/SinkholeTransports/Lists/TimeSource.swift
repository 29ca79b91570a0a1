import Glibc

/// The wall clock and waiting, so that a test can have both its own way.
///
/// Wall clock, because what is compared was written down before a restart. It may be set while we run; who asks looks
/// again often and takes a time in the future for none.
package struct TimeSource: Sendable {
  /// Seconds since 1970.
  package let now: @Sendable () -> Int
  package let sleep: @Sendable (Duration) async throws -> Void

  package init(now: @escaping @Sendable () -> Int, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }

  package static let system = TimeSource(
    now: { time(nil) }, sleep: { try await Task.sleep(for: $0) })
}
