/// Records of one message put into another: an alias that the policy gives is answered with what an upstream said of its
/// target.
extension Response {
  /// Appends the record at `offset` of `source`, names written out: where they pointed to lies elsewhere here. Records that
  /// are owned by `target` become the current name's.
  ///
  /// - Parameters:
  ///   - isAuthority: it goes into the authority section, which the answer section is complete before.
  ///   - keepsSignatures: false where an alias stands before them, which has none.
  ///   - limit: seconds that it may live.
  /// - Returns: the offset of the record behind it; nil when there is none to be read.
  package mutating func append(
    recordAt offset: Int, of source: Span<UInt8>, ownedBy target: borrowing Name, isAuthority: Bool, keepsSignatures: Bool = false,
    limit: UInt32,
    to message: inout MutableSpan<UInt8>
  ) -> Int? {
    guard let fields = MessageWalk.skipName(source, from: offset), fields + 10 <= source.count else { return nil }
    let next = fields + 10 + Int(source.uint16(at: fields + 8))
    guard next <= source.count else { return nil }
    let type = RecordType(rawValue: source.uint16(at: fields))
    guard keepsSignatures || !type.isSignature else { return next }
    let isOfTarget = WireName.isEqual(source, at: offset, to: target)
    var name = Name()
    guard isOfTarget || WireName.read(source, at: offset, into: &name) else { return nil }
    let length = Response.length(ofData: type, source, from: fields + 10, to: next)
    guard takesRoom(for: (isOfTarget ? 2 : name.length) + 10 + length) else { return next }
    if isOfTarget {
      message.store(owner, at: end)
      end += 2
    } else {
      message.copy(name.wire, at: end)
      end += name.length
    }
    message.store(type.rawValue, at: end)
    message.store(source.uint16(at: fields + 2), at: end + 2)
    message.store(min(MessageWalk.clamped(source.uint32(at: fields + 4)), limit), at: end + 4)
    message.store(UInt16(length), at: end + 8)
    end += 10
    copyData(type, source, from: fields + 10, to: next, &name, &message)
    if isAuthority { authority += 1 } else { answers += 1 }
    return next
  }

  /// How RDATA of `type` is made: octets before its names that may be compressed (RFC 3597 section 4), and their count.
  private static func form(_ type: RecordType) -> (before: Int, names: Int) {
    switch type {
    case .ns, .cname, .ptr: (0, 1)
    case .mx: (2, 1)
    case .soa: (0, 2)
    default: (0, 0)
    }
  }

  /// Octets of the RDATA between `start` and `next`, its names written out.
  private static func length(ofData type: RecordType, _ source: Span<UInt8>, from start: Int, to next: Int) -> Int {
    let (before, names) = form(type)
    var length = next - start
    var at = start + before
    var name = Name()
    for _ in 0..<names {
      guard at < next, WireName.read(source, at: at, into: &name), let after = MessageWalk.skipName(source, from: at)
      else { break }
      length += name.length - (after - at)
      at = after
    }
    return length
  }

  /// RDATA, its names written out.
  private mutating func copyData(
    _ type: RecordType, _ source: Span<UInt8>, from start: Int, to next: Int, _ name: inout Name,
    _ message: inout MutableSpan<UInt8>
  ) {
    let (before, names) = Response.form(type)
    var at = start
    message.copy(source.extracting(at..<min(at + before, next)), at: end)
    at += before
    end += before
    for _ in 0..<names {
      guard at < next, WireName.read(source, at: at, into: &name), let after = MessageWalk.skipName(source, from: at)
      else { break }
      message.copy(name.wire, at: end)
      end += name.length
      at = after
    }
    guard at < next else { return }
    message.copy(source.extracting(at..<next), at: end)
    end += next - at
  }
}
