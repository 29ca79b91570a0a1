import CNet
import Glibc

/// The kernel's random numbers, fetched 4 KiB at a time: IDs and socket choices that nobody can foresee
/// without a system call for each.
package struct RandomPool: RandomNumberGenerator {
  private var octets = [UInt8](repeating: 0, count: 4096)
  private var used = 4096

  package init() {}

  package mutating func next() -> UInt64 {
    if used + 8 > octets.count { refill() }
    var value: UInt64 = 0
    for index in used..<(used + 8) {
      value = value << 8 | UInt64(octets[index])
      // What was handed out is gone.
      octets[index] = 0
    }
    used += 8
    return value
  }

  private mutating func refill() {
    var filled = 0
    while filled < octets.count {
      let count = unsafe octets.withUnsafeMutableBytes { buffer in
        unsafe cnet_random(buffer.baseAddress.map { unsafe $0 + filled }, UInt(buffer.count - filled))
      }
      // Only a signal can interrupt it, and only before the pool of the kernel is ready can it wait.
      if count > 0 { filled += count }
    }
    used = 0
  }
}
