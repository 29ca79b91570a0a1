import Glibc

/// Time as the road reads it: once per batch.
package enum Clock {
  /// Nanoseconds that only go forward, from an arbitrary start.
  @inline(__always)
  package static func nanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Milliseconds that only go forward.
  package static func milliseconds() -> UInt64 { nanoseconds() / 1_000_000 }

  /// The same in whole seconds, as the cache counts: they go round after 136 years.
  @inline(__always)
  package static func seconds(_ milliseconds: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: milliseconds / 1000) }

  /// Milliseconds since 1970 UTC: the time of day, which may be set back or forth.
  package static func unixMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
