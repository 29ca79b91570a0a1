/// Which upstreams are asked about which name, for whom: those of the longest domain with upstreams of its own, else
/// those of the client's group, else the common ones.
package struct Routing: Sendable, Hashable {
  /// Upstreams that stand for one another, in order of preference.
  package struct Choice: Sendable, Hashable {
    package let servers: [UpstreamServer]
    /// What is cached of these is found with them alone; 0 for the common ones.
    package let view: UInt64
    /// Internal names live here: their addresses may be private.
    package let isDomain: Bool
  }

  /// The common ones stand first.
  package private(set) var choices: [Choice]
  private var domains: [Name: Int] = [:]
  /// Where those domains are, by the hash of the name that `SuffixHashes` gives: one look a label, without a copy.
  private var domainHashes: [UInt64: Int] = [:]
  private var deepest = 0
  private var groups: [Int] = []
  private var groupNames: [String: [UpstreamServer]] = [:]
  package var options = ForwardingOptions()

  package init(_ servers: [UpstreamServer] = [], options: ForwardingOptions = ForwardingOptions()) {
    self.options = options
    choices = [Choice(servers: servers, view: 0, isDomain: false)]
  }

  /// Has names at and below `domain` asked of `servers`.
  package mutating func add(_ servers: [UpstreamServer], for domain: Name) {
    let index = place(servers, isDomain: true)
    domains[domain] = index
    guard let hash = Routing.hash(domain) else { return }
    domainHashes[hash] = index
    deepest = max(deepest, domain.labelCount)
  }

  /// Has the names of clients in the group of this index asked of `servers`.
  package mutating func add(_ servers: [UpstreamServer], forGroup group: Int, named name: String) {
    groupNames[name] = servers
    while groups.count <= group { groups.append(0) }
    groups[group] = place(servers, isDomain: false)
  }

  /// A line for each choice, for people: the common upstreams one by one, then what is asked elsewhere.
  package var lines: [String] {
    func list(_ servers: [UpstreamServer]) -> String { servers.map(\.description).joined(separator: ", ") }
    return choices[0].servers.map(\.description)
      + domains.sorted { "\($0.key)" < "\($1.key)" }.map { "\(list(choices[$0.value].servers)) for \($0.key)" }
      + groupNames.sorted { $0.key < $1.key }.map { "\(list($0.value)) for the group \($0.key)" }
  }

  /// Names with upstreams of their own.
  package var forwardedDomains: [Name] { Array(domains.keys) }

  private mutating func place(_ servers: [UpstreamServer], isDomain: Bool) -> Int {
    if let known = choices.dropFirst().firstIndex(where: { $0.servers == servers && $0.isDomain == isDomain }) {
      return known
    }
    choices.append(Choice(servers: servers, view: Routing.view(of: servers, isDomain), isDomain: isDomain))
    return choices.count - 1
  }

  /// The same for the same upstreams after a reload, and another for others: what they said is not mixed up.
  private static func view(of servers: [UpstreamServer], _ isDomain: Bool) -> UInt64 {
    var view: UInt64 = isDomain ? 1 : 2
    // Without a seed: the same in every process, or a cache that was saved would not be found again.
    func mix(_ word: UInt64) {
      let product = (view ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      view = product.high ^ product.low
    }
    for server in servers {
      let address = server.address
      for word in [address.address.high, address.address.low, UInt64(address.port) << 32 | UInt64(address.scope)] {
        mix(word)
      }
      mix((server.transport == .tcp ? 1 : 0) ^ (server.isTrusted ? 2 : 0) ^ 4)
    }
    return view | 1
  }

  private static func hash(_ name: Name) -> UInt64? {
    let hashes = SuffixHashes(name)
    return name.labelCount <= SuffixHashes.maximumDepth ? hashes.whole : nil
  }

  /// The index in `choices` for a name, and a client's group.
  @inline(__always)
  package func choice(for hashes: borrowing SuffixHashes, group: Int) -> Int {
    if domainHashes.isEmpty && groups.isEmpty { return 0 }
    return search(hashes, group)
  }

  private func search(_ hashes: borrowing SuffixHashes, _ group: Int) -> Int {
    if !domainHashes.isEmpty {
      let values = hashes.values
      for labels in stride(from: min(hashes.count, deepest), through: 0, by: -1) {
        if let index = domainHashes[values[labels]] { return index }
      }
    }
    return group < groups.count ? groups[group] : 0
  }
}
