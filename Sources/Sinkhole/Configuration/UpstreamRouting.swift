/// Makes of the configured upstreams the routing that workers go by.
package struct UpstreamRouting {
  private let configuration: Configuration

  package init(_ configuration: Configuration) { self.configuration = configuration }

  /// Whether any of it is the system's.
  package var asksSystem: Bool {
    let lists = [configuration.upstreams] + configuration.forward.map(\.upstreams) + configuration.groupUpstreams.values
    return lists.contains { $0.contains(.system) }
  }

  /// - Parameter policy: gives the groups their numbers.
  package func routing(of policy: Policy) -> Routing {
    var routing = Routing(servers(configuration.upstreams), options: configuration.forwarding)
    for domain in configuration.forward { routing.add(servers(domain.upstreams), for: domain.name) }
    for (index, group) in policy.groups.enumerated() {
      guard let name = group.name, let upstreams = configuration.groupUpstreams[name] else { continue }
      routing.add(servers(upstreams), forGroup: index, named: name)
    }
    return routing
  }

  /// The system's put in where it says so; never ourselves, which would ask in circles.
  private func servers(_ upstreams: [Configuration.Upstream]) -> [UpstreamServer] {
    var list: [UpstreamServer] = []
    for upstream in upstreams {
      let servers =
        switch upstream {
        case .system: SystemUpstreams.read().map { UpstreamServer($0) }
        case .server(let server): [server]
        }
      for var server in servers where !isOurs(server.address) {
        server.isTrusted = configuration.trusted.contains(server.address)
        if !list.contains(server) { list.append(server) }
      }
    }
    return list
  }

  private func isOurs(_ address: SocketAddress) -> Bool {
    configuration.server.listen.contains { listen in
      listen.port == address.port
        && (listen.address == address.address || listen.address.isUnspecified && address.address.isLoopback)
    }
  }

  /// What each section allows and all together do not.
  func faults() -> [Fault] {
    let file = configuration.file ?? "configuration"
    var faults: [Fault] = []
    var lists = [("upstreams", configuration.upstreams)]
    lists += configuration.forward.map { ("forward: \($0.name)", $0.upstreams) }
    lists += configuration.groupUpstreams.sorted { $0.key < $1.key }.map { ("upstreams of group \($0.key)", $0.value) }
    var all: Set<UpstreamServer> = []
    for (name, upstreams) in lists {
      if upstreams.count > UpstreamChoice.maximumServers {
        faults.append(
          Fault(
            file: file, "\(name): \(upstreams.count) upstreams, expected \(UpstreamChoice.maximumServers) at most",
            remedy: "Name fewer."))
      }
      for case .server(let server) in upstreams {
        all.insert(server)
        guard isOurs(server.address) else { continue }
        faults.append(
          Fault(file: file, "\(name): \(server) is this server itself", remedy: "Name another resolver."))
      }
    }
    if all.count > Forwarder.maximumUpstreams {
      faults.append(
        Fault(
          file: file, "\(all.count) upstreams in all, expected \(Forwarder.maximumUpstreams) at most",
          remedy: "Name fewer."))
    }
    let addresses = Set(all.map(\.address))
    let hasSystem = lists.contains { $0.1.contains(.system) }
    for address in configuration.trusted where !addresses.contains(address) && !hasSystem {
      faults.append(
        Fault(
          file: file, "forwarding.trust_ad has \(address), which is no upstream", remedy: "Name an upstream's address."))
    }
    return faults
  }
}
