import NIOCore

/// Lets at most so many octets of a body through.
///
/// One more than may be is let through as well, so that who reads the body sees that it is too long; what follows is
/// thrown away.
struct BodyMeter {
  private var left: Int

  init(limit: Int) { left = limit + 1 }

  /// What may go on of `part`; nil when nothing may.
  mutating func admit(_ part: ByteBuffer) -> ByteBuffer? {
    var part = part
    guard let admitted = part.readSlice(length: min(left, part.readableBytes)), admitted.readableBytes > 0 else {
      return nil
    }
    left -= admitted.readableBytes
    return admitted
  }
}
