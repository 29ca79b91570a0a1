import Ldns

/// A resource record TYPE or QTYPE (RFC 1035 section 3.2.2). The registry is open: an unknown value is
/// kept and written `TYPE65280` (RFC 3597 section 5).
package struct RecordType: RawRepresentable, BitwiseCopyable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16
  @inline(__always) package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let a = RecordType(rawValue: 1)
  package static let ns = RecordType(rawValue: 2)
  package static let cname = RecordType(rawValue: 5)
  package static let soa = RecordType(rawValue: 6)
  package static let ptr = RecordType(rawValue: 12)
  package static let mx = RecordType(rawValue: 15)
  package static let txt = RecordType(rawValue: 16)
  package static let aaaa = RecordType(rawValue: 28)
  package static let opt = RecordType(rawValue: 41)
  package static let ds = RecordType(rawValue: 43)
  package static let svcb = RecordType(rawValue: 64)
  package static let https = RecordType(rawValue: 65)
  package static let tkey = RecordType(rawValue: 249)
  package static let tsig = RecordType(rawValue: 250)
  package static let ixfr = RecordType(rawValue: 251)
  package static let axfr = RecordType(rawValue: 252)
  package static let any = RecordType(rawValue: 255)

  /// By mnemonic (`AAAA`, any case) or as `TYPEnnn`.
  package init?(_ text: String) {
    guard let value = PresentationFormat.recordType(of: text) else { return nil }
    rawValue = value
  }

  package var description: String { PresentationFormat.text(ofRecordType: rawValue) }

  /// RRSIG, NSEC and NSEC3: what proves other records (RFC 4034, RFC 5155).
  package var isSignature: Bool { rawValue == 46 || rawValue == 47 || rawValue == 50 }

  /// TYPEs that are no data of a name and never a forwarded question: 0, OPT, and the QTYPEs and
  /// meta-TYPEs 249-254 (RFC 6895 section 3.1). ANY is a case of its own (RFC 8482).
  package var isMeta: Bool { rawValue == 0 || rawValue == 41 || (249...254).contains(rawValue) }
}

/// A CLASS (RFC 1035 section 3.2.4).
package struct RecordClass: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16
  @inline(__always) package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let internet = RecordClass(rawValue: 1)
  package static let chaos = RecordClass(rawValue: 3)
}
