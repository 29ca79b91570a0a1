/// One query that the policy had something to say about, as it is recorded: who asked what, what came of it, and
/// which line of which zone says so. Plain values; `RecordLine` makes the text.
package struct RestrictedRecord: Sendable {
  /// Milliseconds since 1970 UTC: of the query, or of the first of those that are folded.
  package var time: Int64
  /// Never written as it is: `ClientPrivacy` says what may be.
  package var client: IPAddress?
  package var group: String
  package var name: Name
  package var type: RecordType
  /// `udp`, `tcp`, `tls`, `https`.
  package var transport: String
  /// What was done: `blocked`, `cautioned`, `observed`, `authorised`, `acknowledged`, `allowed`, `nxdomain` ...
  package var verdict: String
  package var rule: String
  package var policy: String
  /// The service's id; nil where the rule is about none.
  package var service: String?
  /// The policy zone of the trigger and its serial; nil where the rule alone decides.
  package var zone: String?
  package var serial: UInt32?
  /// The trigger as its zone writes it, `*.example.org`.
  package var trigger: String?
  /// Where the trigger stands, `ai-chat.zone:17`.
  package var place: String?
  /// What a person quotes on the telephone to have this line found, ten letters as a rule.
  package var reference: String?
  /// Queries that this stands for.
  package var count = 1
  /// When it stands for several: the time of the last, as `time`.
  package var last: Int64?

  package init(
    time: Int64, client: IPAddress?, group: String, name: Name, type: RecordType, transport: String, verdict: String,
    rule: String, policy: String, service: String? = nil, zone: String? = nil, serial: UInt32? = nil,
    trigger: String? = nil, place: String? = nil, reference: String? = nil
  ) {
    self.time = time
    self.client = client
    self.group = group
    self.name = name
    self.type = type
    self.transport = transport
    self.verdict = verdict
    self.rule = rule
    self.policy = policy
    self.service = service
    self.zone = zone
    self.serial = serial
    self.trigger = trigger
    self.place = place
    self.reference = reference
  }
}
