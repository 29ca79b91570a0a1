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
}
