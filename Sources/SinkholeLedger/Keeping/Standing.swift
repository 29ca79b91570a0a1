/// What holds or waits for somebody, in memory: the road and the limits go by it whatever the disk does.
struct Standing {
  private struct Pair: Hashable {
    let client: String
    let service: String
  }

  /// Neither of them final.
  private(set) var authorisations: [Int64: Authorisation] = [:]
  private var acknowledgements: [Pair: Acknowledgement] = [:]
  private var acknowledgementsOf: [String: Int] = [:]
  private(set) var requests = 0
  private var requestsOf: [String: Int] = [:]
  /// Ended by somebody while nothing could be written: on disk they still hold.
  private var dropped: Set<Int64> = []
  /// Of approved and active authorisations.
  private(set) var services = 0
  /// Unix seconds: nothing changes before by time alone.
  private var due = Int64.max

  var grants: Int { authorisations.count - requests }
  var acknowledgementCount: Int { acknowledgements.count }
  var holding: [Acknowledgement] { acknowledgements.values.sorted { $0.number < $1.number } }

  // MARK: Limits

  func acknowledgement(of client: String, _ service: String) -> Acknowledgement? {
    acknowledgements[Pair(client: client, service: service)]
  }

  func request(of client: String, _ service: String) -> Authorisation? {
    guard requestsOf[client] != nil else { return nil }
    return authorisations.values.first {
      $0.state == .requested && $0.client == client && $0.services.contains(service)
    }
  }

  func admitAcknowledgement(of client: String, _ limits: LedgerLimits) throws(LedgerError) {
    guard acknowledgements.count < limits.acknowledgements else {
      throw .full("\(limits.acknowledgements) acknowledgements hold already")
    }
    guard acknowledgementsOf[client, default: 0] < limits.acknowledgementsPerClient else {
      throw .full("\(limits.acknowledgementsPerClient) acknowledgements of this client hold already")
    }
  }

  func admitRequest(of client: String?, _ limits: LedgerLimits) throws(LedgerError) {
    guard requests < limits.requests else { throw .full("\(limits.requests) requests wait for a decision already") }
    guard let client else { return }
    guard requestsOf[client, default: 0] < limits.requestsPerClient else {
      throw .full("\(limits.requestsPerClient) requests of this client wait for a decision already")
    }
  }

  func admitGrant(_ authorisation: Authorisation, _ limits: LedgerLimits) throws(LedgerError) {
    guard grants < limits.authorisations else {
      throw .full("\(limits.authorisations) authorisations hold or will hold already")
    }
    guard services + authorisation.services.count <= limits.services else {
      throw .full("\(limits.services) services are authorised already, counted for each authorisation")
    }
  }

  // MARK: Changes

  /// Takes what is on disk now; final ones go.
  mutating func take(_ authorisation: Authorisation, undecided: Int64, _ follower: any LedgerFollower) {
    if let old = authorisations.removeValue(forKey: authorisation.number) { count(old, by: -1) }
    guard !authorisation.state.isFinal else {
      dropped.remove(authorisation.number)
      return follower.closed(.authorisation(authorisation.number))
    }
    // The file was opened again.
    guard !dropped.contains(authorisation.number) else { return }
    authorisations[authorisation.number] = authorisation
    count(authorisation, by: 1)
    if let change = authorisation.nextChange(undecided: undecided) { due = min(due, change) }
    if let lift = Lift(authorisation) { follower.opened(lift) }
  }

  private mutating func count(_ authorisation: Authorisation, by amount: Int) {
    guard authorisation.state == .requested else { return services += amount * authorisation.services.count }
    requests += amount
    guard let client = authorisation.client else { return }
    let left = requestsOf[client, default: 0] + amount
    requestsOf[client] = left > 0 ? left : nil
  }

  mutating func take(_ acknowledgement: Acknowledgement, _ follower: any LedgerFollower) {
    let pair = Pair(client: acknowledgement.client, service: acknowledgement.service)
    if let old = acknowledgements.updateValue(acknowledgement, forKey: pair) {
      follower.closed(.acknowledgement(old.number))
    } else {
      acknowledgementsOf[acknowledgement.client, default: 0] += 1
    }
    due = min(due, acknowledgement.until)
    follower.opened(Lift(acknowledgement))
  }

  /// Ends the effect of one whose end cannot be written.
  mutating func drop(_ number: Int64, _ follower: any LedgerFollower) {
    if let old = authorisations.removeValue(forKey: number) { count(old, by: -1) }
    dropped.insert(number)
    follower.closed(.authorisation(number))
  }

  /// Does what the clock does. True when some authorisation changed, which has to be written.
  mutating func settle(undecided: Int64, now: Int64, _ follower: any LedgerFollower) -> Bool {
    guard now >= due else { return false }
    var isChanged = false
    for var authorisation in authorisations.values {
      guard !authorisation.settle(undecided: undecided, now: now).isEmpty else { continue }
      take(authorisation, undecided: undecided, follower)
      isChanged = true
    }
    for (pair, acknowledgement) in acknowledgements where acknowledgement.until <= now {
      acknowledgements[pair] = nil
      let left = acknowledgementsOf[pair.client, default: 0] - 1
      acknowledgementsOf[pair.client] = left > 0 ? left : nil
      follower.closed(.acknowledgement(acknowledgement.number))
    }
    let changes = authorisations.values.compactMap { $0.nextChange(undecided: undecided) }
    due = min(changes.min() ?? .max, acknowledgements.values.map(\.until).min() ?? .max)
    return isChanged
  }
}
