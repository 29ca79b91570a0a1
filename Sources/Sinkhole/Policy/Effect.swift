/// What a rule does about an action of a zone, with all that an answer has to say, made ready beforehand.
package final class Effect: Sendable {
  package enum Kind: Sendable, Equatable {
    /// The sinkhole addresses, and the notice page behind them.
    case block
    /// The same, until the reader has acknowledged a caution.
    case caution
    /// The truth.
    case allow
    /// Nothing: what `block` would do is told to the log.
    case observe
    case nxdomain
    case nodata
    case refuse
    case drop
    case tcpOnly
    /// The records that the zone holds for the name.
    case data
    /// The name is an alias of another.
    case alias
  }

  package let kind: Kind
  package let rule: Rule
  /// The service that the name belongs to; nil when the action is about none.
  package let service: PolicyZone.Service?
  /// Tells services apart for the overlay, in every snapshot alike; 0 without one.
  package let serviceKey: UInt64
  /// The extended error of every answer by it, and the same for stubs that read structured errors: JSON.
  package let remark: Response.Remark
  package let structuredRemark: Response.Remark
  /// RDATA of the SOA that closes negative answers.
  package let negativeSOA: [UInt8]

  init(
    kind: Kind, rule: Rule, service: PolicyZone.Service?, remark: Response.Remark, structuredRemark: Response.Remark,
    negativeSOA: [UInt8]
  ) {
    self.kind = kind
    self.rule = rule
    self.service = service
    serviceKey = service.map { Overlay.key(ofService: $0.id) } ?? 0
    self.remark = remark
    self.structuredRemark = structuredRemark
    self.negativeSOA = negativeSOA
  }

  /// Whether the answer is other than the truth.
  package var restricts: Bool {
    switch kind {
    case .allow, .observe: false
    default: true
    }
  }
}
