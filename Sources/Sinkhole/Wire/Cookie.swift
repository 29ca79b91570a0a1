/// The COOKIE option of a query (RFC 7873), and, once it is settled, of the answer to it: the client's half as it came, and
/// a server's half in the form that all servers of a set can check (RFC 9018 section 4).
package struct Cookie: BitwiseCopyable, Sendable {
  package enum Standing: UInt8, BitwiseCopyable, Sendable {
    /// Neither 8 octets nor 16 to 40: FORMERR (RFC 7873 section 5.2.2).
    case malformed
    /// No server's half.
    case clientAlone
    /// A server's half in our form, which nobody has looked at yet.
    case unproven
    /// A server's half that this server did not make, or not lately, or not for this address.
    case wrong
    /// Made by us for this address: the sender is there, and no attacker who only writes that address.
    case proven
  }

  /// RFC 7873 section 4.
  package static let option: UInt16 = 10
  /// Octets of the option in an answer: its header, 8 of the client, 16 of the server.
  package static let answerLength = 28
  /// Seconds that a server's half is good for, and that another clock may be ahead (RFC 9018 section 4.3).
  package static let lifetime: Int32 = 3600
  package static let tolerance: Int32 = 300
  /// Seconds after which the client is given another.
  package static let renewal: Int32 = 1800

  /// The client's half, the first octet lowest.
  package let client: UInt64
  /// Version 1 and three reserved octets, likewise.
  private var version: UInt32 = Cookie.ownVersion
  /// When the server's half was made, Unix seconds of 32 bits.
  private var time: UInt32 = 0
  private var hash: UInt64 = 0
  package private(set) var standing: Standing
  /// The halves are those of the answer.
  package private(set) var isSettled = false

  private static let ownVersion: UInt32 = 1

  /// Reads the option's data. Whatever its form: what to do about it is not ours to say.
  package init(_ data: Span<UInt8>) {
    guard data.count == 8 || (16...40).contains(data.count) else {
      client = 0
      standing = .malformed
      return
    }
    client = data.word(at: 0)
    guard data.count > 8 else {
      standing = .clientAlone
      return
    }
    guard data.count == 24, data[8] == 1 else {
      standing = .wrong
      return
    }
    version = UInt32(truncatingIfNeeded: data.word(at: 8))
    time = data.uint32(at: 12)
    hash = data.word(at: 16)
    standing = .unproven
  }

  /// Judges the server's half by `keys`, and puts the one in its place that goes back: itself while it is young, else a
  /// new one.
  ///
  /// - Parameters:
  ///   - address: where the query came from.
  ///   - now: Unix seconds.
  package mutating func settle(_ keys: CookieKeys, address: IPAddress, now: UInt32) {
    guard standing != .malformed else { return }
    isSettled = true
    if standing == .unproven {
      // RFC 9018 section 4.3: the arithmetic of serial numbers, since 32 bits come round in 2106.
      let age = Int32(bitPattern: now &- time)
      let isTimely = age <= Cookie.lifetime && age >= -Cookie.tolerance
      let isCurrent = hash == makeHash(keys.current, address)
      let isOurs = isCurrent || keys.other.map { hash == makeHash($0, address) } ?? false
      standing = isTimely && isOurs ? .proven : .wrong
      if standing == .proven, isCurrent, age <= Cookie.renewal, version == Cookie.ownVersion { return }
    }
    version = Cookie.ownVersion
    time = now
    hash = makeHash(keys.current, address)
  }

  /// RFC 9018 section 4.4: over the client's half, version, reserved octets, time and the client's address.
  private func makeHash(_ key: SipHash.Key, _ address: IPAddress) -> UInt64 {
    var state = SipHash(key)
    state.add(client)
    state.add(UInt64(version) | UInt64(time.byteSwapped) << 32)
    switch address.family {
    case .v4:
      return state.finish(UInt64(UInt32(truncatingIfNeeded: address.low).byteSwapped), length: 20)
    case .v6:
      state.add(address.high.byteSwapped)
      state.add(address.low.byteSwapped)
      return state.finish(length: 32)
    }
  }

  /// Writes the whole option, `answerLength` octets.
  package func write(to message: inout MutableSpan<UInt8>, at offset: Int) {
    message.store(Cookie.option, at: offset)
    message.store(UInt16(Cookie.answerLength - 4), at: offset + 2)
    message.store(UInt32(truncatingIfNeeded: client).byteSwapped, at: offset + 4)
    message.store(UInt32(truncatingIfNeeded: client >> 32).byteSwapped, at: offset + 8)
    message.store(version.byteSwapped, at: offset + 12)
    message.store(time, at: offset + 16)
    message.store(UInt32(truncatingIfNeeded: hash).byteSwapped, at: offset + 20)
    message.store(UInt32(truncatingIfNeeded: hash >> 32).byteSwapped, at: offset + 24)
  }
}

/// The secrets of servers' halves: one makes them, both are good (RFC 9018 section 5).
package struct CookieKeys: Sendable, Hashable {
  package var current: SipHash.Key
  /// The one before, or the one to come.
  package var other: SipHash.Key?

  package init(current: SipHash.Key, other: SipHash.Key? = nil) {
    self.current = current
    self.other = other
  }
}

/// Where the secrets come from.
package enum CookieSecrets: Sendable, Hashable {
  /// The option is passed over.
  case off
  /// This process makes its own, and others in their place every few hours.
  case own
  /// Those of all servers behind one address.
  case shared(CookieKeys)
}
