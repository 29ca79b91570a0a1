/// Bounds of a ledger; what happens at each stands in docs/access.md.
package struct LedgerLimits: Sendable, Hashable {
  /// Approvals by different people that an authorisation takes, 1 or 2.
  package var approvals = 1
  /// Seconds that an authorisation may hold.
  package var longest: Int64 = 90 * 86_400
  /// Seconds after which a request that nobody decided lapses.
  package var undecided: Int64 = 30 * 86_400
  /// Seconds that what is final, and the audit, are kept.
  package var keep: Int64 = 1095 * 86_400
  /// Octets of the file, its log of writes apart. Readers' writes stop at nine tenths.
  package var fileSize = 256 << 20

  /// Undecided requests in all, and from one client.
  package var requests = 1000
  package var requestsPerClient = 3
  /// Approved and active authorisations, and the services in them, one counted for each.
  package var authorisations = 4096
  package var services = 16_384
  /// Of one authorisation.
  package var servicesTogether = 32
  /// That hold, in all and for one client.
  package var acknowledgements = 32_768
  package var acknowledgementsPerClient = 64
  /// Writes that wait for the disk.
  package var waiting = 256

  package var clientRequests = Allowance(burst: 5, secondsForEach: 60)
  package var allRequests = Allowance(burst: 200, secondsForEach: 1)
  package var clientAcknowledgements = Allowance(burst: 20, secondsForEach: 3)
  package var allAcknowledgements = Allowance(burst: 2000, secondsForEach: 0.02)
  /// Clients whose rate is remembered.
  package var clients = 8192

  package init() {}

  /// So many at once, and then one in so many seconds.
  package struct Allowance: Sendable, Hashable {
    package let burst: Double
    package let secondsForEach: Double

    package init(burst: Double, secondsForEach: Double) {
      self.burst = burst
      self.secondsForEach = secondsForEach
    }
  }
}
