/// Makes a configuration and the zones it names into a snapshot, or says every fault of both.
package struct SnapshotBuilder {
  package let configuration: Configuration

  private let privacy: ClientPrivacy

  /// - Parameter privacy: how clients may be written.
  package init(_ configuration: Configuration, privacy: ClientPrivacy = .whole) {
    self.configuration = configuration
    self.privacy = privacy
  }

  /// - Parameters:
  ///   - generation: the new snapshot's number.
  ///   - previous: the policy that serves, for lists of which no other copy is left.
  /// - Throws: all faults of the zones, and of what does not fit together.
  package func build(generation: Int, previous: Policy? = nil) throws(Faults) -> Snapshot {
    var faults = contradictions()
    let sources = SourceLoader(configuration, previous: previous).load(&faults)
    guard faults.isEmpty else { throw Faults(faults) }
    let wording = PolicyCompiler.Wording(
      noticeURL: configuration.notice.url, contact: configuration.notice.contact, ttl: configuration.sinkhole.ttl)
    return Snapshot(
      generation: generation,
      policy: try PolicyCompiler.compile(sources.zones, configuration.definition, wording: wording),
      sinkhole: configuration.sinkhole, identity: configuration.identity, local: local,
      allowedClients: configuration.allowedClients, trustedForwarders: configuration.trustedForwarders,
      upstreams: upstreams, clocks: configuration.timeZone, privacy: privacy,
      sourceWarnings: sources.warnings)
  }

  /// What is answered without an upstream. A domain that is forwarded to upstreams of its own is open to them.
  private var local: LocalKnowledge {
    LocalKnowledge(
      records: configuration.local, ttl: configuration.localTTL, opened: configuration.openSpecialNames, forwarded: [])
  }

  /// The configured upstreams, the system's put in where it says so; never ourselves, which would ask in circles.
  package var upstreams: [SocketAddress] {
    var list: [SocketAddress] = []
    for upstream in configuration.upstreams {
      let addresses =
        switch upstream {
        case .system: SystemUpstreams.read()
        case .address(let address): [address]
        }
      for address in addresses where !isOurs(address) && !list.contains(address) { list.append(address) }
    }
    return list
  }

  private func isOurs(_ address: SocketAddress) -> Bool {
    configuration.server.listen.contains { listen in
      listen.port == address.port
        && (listen.address == address.address || listen.address.isUnspecified && address.address.isLoopback)
    }
  }

  /// Values that are each right and together wrong.
  private func contradictions() -> [Fault] {
    let file = configuration.file ?? "configuration"
    var faults: [Fault] = []
    let addresses = configuration.sinkhole.ipv4 + configuration.sinkhole.ipv6
    if let loopback = addresses.first(where: \.isLoopback),
      let listen = configuration.server.listen.first(where: { !$0.address.isLoopback })
    {
      faults.append(
        Fault(
          file: file,
          "sinkhole address \(loopback) with the listener \(listen): clients would be sent to their own machine",
          remedy: "Set sinkhole to the notice page's address."))
    }
    if configuration.upstreams.count > Forwarder.maximumUpstreams {
      faults.append(
        Fault(
          file: file, "\(configuration.upstreams.count) upstreams, expected \(Forwarder.maximumUpstreams) at most",
          remedy: "Name fewer."))
    }
    for case .address(let address) in configuration.upstreams where isOurs(address) {
      faults.append(
        Fault(file: file, "upstream \(address) is this server itself", remedy: "Name another resolver in upstreams."))
    }
    return faults
  }

  /// What is allowed and yet probably not meant.
  package func warnings(_ snapshot: Snapshot) -> [String] {
    var warnings: [String] = []
    if configuration.notice.http == nil {
      warnings.append(
        "notice.http is off: whoever is sent to the sinkhole address finds no page, unless another server has it.")
    }
    if snapshot.upstreams.isEmpty {
      warnings.append("there is no upstream: every name that is not restricted gets SERVFAIL. Set upstreams.")
    }
    return warnings + snapshot.sourceWarnings + review(snapshot).warnings
  }

  /// The same, and what takes a look at every listed name.
  package func allWarnings(_ snapshot: Snapshot) -> [String] { warnings(snapshot) + review(snapshot).shadows }

  private func review(_ snapshot: Snapshot) -> PolicyReview {
    PolicyReview(snapshot.policy, configuration.definition, at: .now())
  }
}
