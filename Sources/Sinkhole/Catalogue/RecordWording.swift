/// Records of a policy zone as text, for those who show or write them.
extension PolicyZone.Action {
  /// `CNAME deepseek.service.sinkhole.internal.`; nil for what is no record of zone text: an entry of a list, a name of
  /// the configuration, local data.
  package var target: String? {
    switch self {
    case .service(let id): "CNAME \(id).\(PolicyZoneReader.serviceSuffix)."
    case .nxdomain: "CNAME ."
    case .nodata: "CNAME *."
    case .passthru: "CNAME rpz-passthru."
    case .drop: "CNAME rpz-drop."
    case .tcpOnly: "CNAME rpz-tcp-only."
    case .alias(let name): "CNAME \(name)."
    case .wildcardAlias(let name): "CNAME *.\(name)."
    case .data, .listed, .named: nil
    }
  }

  /// Each record behind its owner, without a TTL; of an entry of a list what it is.
  package var records: [String] {
    switch self {
    case .data(let records): records.map { "\($0.type) \($0.data)" }
    case .listed: ["listed"]
    case .named: ["named by a rule"]
    default: target.map { [$0] } ?? []
    }
  }

  /// One word or two, the same for all of one kind.
  package var kind: String {
    switch self {
    case .service: "service"
    case .listed: "listed"
    case .nxdomain: "nxdomain"
    case .nodata: "nodata"
    case .passthru: "passthru"
    case .drop: "drop"
    case .tcpOnly: "tcp-only"
    case .data: "local data"
    case .alias, .wildcardAlias: "alias"
    case .named: "named"
    }
  }

  package var service: String? {
    if case .service(let id) = self { return id }
    return nil
  }
}

extension PolicyZone.LocalRecord {
  private static let digits = Array("0123456789abcdef".utf8)

  /// The RDATA: an address as such, everything else in the form that every reader of zone text takes (RFC 3597
  /// section 5).
  package var data: String {
    if type == .a, rdata.count == 4 {
      return "\(IPAddress(v4: rdata.reduce(0) { $0 << 8 | UInt32($1) }))"
    }
    if type == .aaaa, rdata.count == 16 {
      let words = [rdata[0..<8], rdata[8..<16]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
      return "\(IPAddress(v6High: words[0], low: words[1]))"
    }
    let octets = rdata.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }
    return "\\# \(rdata.count)" + (octets.isEmpty ? "" : " " + String(decoding: octets, as: UTF8.self))
  }
}
