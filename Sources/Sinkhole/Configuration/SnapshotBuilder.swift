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
    let cookies = cookieSecrets(&faults)
    guard faults.isEmpty else { throw Faults(faults) }
    let wording = PolicyCompiler.Wording(
      noticeURL: configuration.notice.url, contact: configuration.notice.contact, ttl: configuration.sinkhole.ttl)
    let policy = try PolicyCompiler.compile(sources.zones, configuration.definition, wording: wording)
    return Snapshot(
      generation: generation, policy: policy,
      sinkhole: configuration.sinkhole, identity: configuration.identity, local: local,
      allowedClients: configuration.allowedClients, trustedForwarders: configuration.trustedForwarders,
      routing: UpstreamRouting(configuration).routing(of: policy), clocks: configuration.timeZone, privacy: privacy,
      cookies: cookies, sourceWarnings: sources.warnings)
  }

  /// What is answered without an upstream. A domain that is forwarded to upstreams of its own is open to them.
  private var local: LocalKnowledge {
    LocalKnowledge(
      records: configuration.local, ttl: configuration.localTTL, opened: configuration.openSpecialNames,
      forwarded: configuration.forward.map(\.name))
  }

  private func cookieSecrets(_ faults: inout [Fault]) -> CookieSecrets {
    switch configuration.cookies {
    case .off: return .off
    case .own: return .own
    case .file(let file):
      do throws(Faults) {
        return .shared(try CookieSecretFile.read(file))
      } catch {
        faults += error.list
        return .off
      }
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
    faults += UpstreamRouting(configuration).faults()
    return faults
  }

  /// What is allowed and yet probably not meant.
  package func warnings(_ snapshot: Snapshot) -> [String] {
    var warnings: [String] = []
    if configuration.notice.http == nil {
      warnings.append(
        "notice.http is off: whoever is sent to the sinkhole address finds no page, unless another server has it.")
    }
    if snapshot.routing.choices[0].servers.isEmpty {
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
