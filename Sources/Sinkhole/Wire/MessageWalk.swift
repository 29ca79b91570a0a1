/// A walk over a message from an upstream by its own RDLENGTHs, before anything else looks at it.
///
/// ldns stops reading RDATA after the type's last field and follows pointers without end, so it and a
/// stub could see different records in one packet. This walk is the judge: every record must end
/// where its RDLENGTH says, every name must end, pointers only go back, and the records fill the message.
package struct MessageWalk {
  /// Pointer hops in one name: a name has at most 127 labels, real ones hop once or twice.
  package static let maximumHops = 16

  /// What a policy may have something to say about in the answer section, beside the name asked for.
  package struct Traits: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It leads to other names: CNAME, HTTPS, SVCB.
    package static let targets = Traits(rawValue: 1)
    /// It holds addresses: A, AAAA, and HTTPS or SVCB, which may carry hints.
    package static let addresses = Traits(rawValue: 2)
  }

  package private(set) var traits: Traits = []
  /// Where the question ends, and the first record begins.
  package let questionEnd: Int
  /// Where the octets that may be kept and sent on end: behind the authority section. What an upstream adds beside it nobody
  /// has asked for, and OPT and TSIG are hop by hop (RFC 6891 section 6.1.1).
  package private(set) var end = 0
  package private(set) var answers = 0
  package private(set) var authority = 0
  /// The least TTL of the answer section; nil when it is empty.
  package private(set) var leastTTL: UInt32?
  /// Whether some TTL is longer than `clamped` lets it be.
  package private(set) var hasLongTTL = false
  /// The SOA in authority: min(TTL, MINIMUM) seconds (RFC 2308 section 5); nil without one.
  package private(set) var negativeTTL: UInt32?
  /// The upper eight bits of the RCODE, from the OPT.
  package private(set) var extendedCode: UInt8 = 0
  package private(set) var hasOPT = false
  /// Where the options of the OPT lie; empty without any.
  package private(set) var options = 0..<0

  /// Walks `message`, whose question ends at `questionEnd`. Nil when it is not well formed.
  package init?(_ message: Span<UInt8>, questionEnd: Int) {
    self.questionEnd = questionEnd
    answers = Int(message.uint16(at: Header.answerCount))
    authority = Int(message.uint16(at: Header.authorityCount))
    let additionalCount = Int(message.uint16(at: Header.additionalCount))
    var offset = questionEnd
    end = questionEnd
    for index in 0..<(answers + authority + additionalCount) {
      guard let fields = MessageWalk.skipName(message, from: offset), fields + 10 <= message.count else { return nil }
      let dataEnd = fields + 10 + Int(message.uint16(at: fields + 8))
      guard dataEnd <= message.count, MessageWalk.isTame(message, from: offset) else { return nil }
      let type = RecordType(rawValue: message.uint16(at: fields))
      if type == .opt || type == .tsig {
        // In answer or authority they are no records at all; an OPT is owned by the root.
        guard index >= answers + authority, type == .tsig || message[offset] == 0 else { return nil }
        if type == .opt {
          guard !hasOPT else { return nil }
          hasOPT = true
          extendedCode = message[fields + 4]
          options = (fields + 10)..<dataEnd
        }
      } else {
        guard MessageWalk.isWhole(message, type, from: fields + 10, to: dataEnd) else { return nil }
        note(message, type: type, fields: fields, dataEnd: dataEnd, index: index)
        if index < answers + authority { end = dataEnd }
      }
      offset = dataEnd
    }
    guard offset == message.count else { return nil }
  }

  private mutating func note(_ message: Span<UInt8>, type: RecordType, fields: Int, dataEnd: Int, index: Int) {
    let ttl = MessageWalk.clamped(message.uint32(at: fields + 4))
    if ttl != message.uint32(at: fields + 4) { hasLongTTL = true }
    if index < answers {
      leastTTL = min(leastTTL ?? ttl, ttl)
      switch type {
      case .cname: traits.insert(.targets)
      case .a, .aaaa: traits.insert(.addresses)
      case .https, .svcb: traits.insert([.targets, .addresses])
      default: break
      }
    } else if index < answers + authority, type == .soa, dataEnd - fields >= 14 {
      negativeTTL = min(ttl, MessageWalk.clamped(message.uint32(at: dataEnd - 4)))
    }
  }

  /// RFC 8767 section 4: a week at most, and the top bit only means large.
  package static let longestTTL: UInt32 = 604_800
  package static func clamped(_ ttl: UInt32) -> UInt32 { min(ttl, longestTTL) }

  /// Lets none of the `count` records from `start` on live longer than `limit` seconds.
  package static func limitTTLs(
    to limit: UInt32, ofRecords count: Int, from start: Int, in message: inout MutableSpan<UInt8>
  ) {
    var offset = start
    for _ in 0..<count {
      guard let fields = skipName(message.span, from: offset), fields + 10 <= message.count else { return }
      // An OPT has flags where others have a TTL.
      if message.uint16(at: fields) != RecordType.opt.rawValue {
        message.store(min(message.uint32(at: fields + 4), limit), at: fields + 4)
      }
      offset = fields + 10 + Int(message.uint16(at: fields + 8))
    }
  }

  /// The offset after the name at `start`, without following pointers; nil when it does not end.
  package static func skipName(_ message: Span<UInt8>, from start: Int) -> Int? {
    var offset = start
    while offset < message.count {
      let label = message[offset]
      if label == 0 { return offset + 1 }
      if label >= 0xC0 { return offset + 2 <= message.count ? offset + 2 : nil }
      guard label < 0x40 else { return nil }
      offset += Int(label) + 1
    }
    return nil
  }

  /// Whether RDATA fills its RDLENGTH, for the types whose form every stub knows: those with an address, and those
  /// whose names may be compressed (RFC 3597 section 4). All others are opaque.
  private static func isWhole(_ message: Span<UInt8>, _ type: RecordType, from start: Int, to end: Int) -> Bool {
    switch type {
    case .a: return end - start == 4
    case .aaaa: return end - start == 16
    case .ns, .cname, .ptr: return tameEnd(message, from: start) == end
    case .mx: return tameEnd(message, from: start + 2) == end
    case .soa:
      guard let mailbox = tameEnd(message, from: start), let numbers = tameEnd(message, from: mailbox) else {
        return false
      }
      return numbers + 20 == end
    default: return true
    }
  }

  private static func tameEnd(_ message: Span<UInt8>, from start: Int) -> Int? {
    isTame(message, from: start) ? skipName(message, from: start) : nil
  }

  /// Whether the name at `start` ends within 255 octets and `maximumHops` pointers that only go back.
  package static func isTame(_ message: Span<UInt8>, from start: Int) -> Bool {
    var offset = start
    var length = 0
    var hops = 0
    while offset < message.count {
      let label = Int(message[offset])
      if label == 0 { return length + 1 <= Name.maximumLength }
      if label >= 0xC0 {
        guard offset + 1 < message.count else { return false }
        let target = (label & 0x3F) << 8 | Int(message[offset + 1])
        hops += 1
        guard target < offset, target >= Header.length, hops <= maximumHops else { return false }
        offset = target
      } else {
        guard label < 0x40 else { return false }
        length += label + 1
        guard length < Name.maximumLength else { return false }
        offset += label + 1
      }
    }
    return false
  }
}
