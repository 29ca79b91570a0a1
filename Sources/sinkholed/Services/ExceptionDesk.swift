import Sinkhole

/// Exceptions of a running server, made and ended by an administrator through the control socket: `allow SERVICE client
/// ADDRESS SECONDS`, `allow SERVICE group NAME SECONDS`, `allowed`, `disallow NUMBER`. In memory: a restart ends them.
struct ExceptionDesk {
  static let longest = 30 * 86_400

  let server: DNSServer

  /// Nil when `words` are no request of this kind.
  func respond(to words: [String]) -> ControlAnswer? {
    switch words.first {
    case "allow" where words.count == 5: allow(words[1], words[2], words[3], words[4])
    case "allowed" where words.count == 1: ControlAnswer(isSuccess: true, text: list)
    case "disallow" where words.count == 2: disallow(words[1])
    default: nil
    }
  }

  private func allow(_ service: String, _ kind: String, _ whom: String, _ seconds: String) -> ControlAnswer {
    let policy = server.cell.snapshot.policy
    guard policy.services[service] != nil else {
      return unknown("service", service, among: policy.services.keys.sorted())
    }
    let scope: Overlay.Scope
    switch kind {
    case "client":
      guard let address = IPAddress(whom) else { return failure("\"\(whom)\" is no IP address. Give a client's.") }
      scope = .client(address.unmapped)
    case "group":
      let groups = policy.groups.compactMap(\.name)
      guard groups.contains(whom) else { return unknown("group", whom, among: groups) }
      scope = .group(whom)
    default: return failure("\"\(kind)\", expected client or group.")
    }
    guard let seconds = Int(seconds), (1...ExceptionDesk.longest).contains(seconds) else {
      return failure("\"\(seconds)\" seconds, expected 1 to \(ExceptionDesk.longest). Give a shorter time.")
    }
    let now = Instant.now().unixSeconds
    do throws(Overlay.Refusal) {
      let number = try server.overlay.add(.allowed, service: service, for: scope, until: now + Int64(seconds), now: now)
      return ControlAnswer(isSuccess: true, text: "exception \(number) until \(Instant(unixSeconds: now + Int64(seconds)))")
    } catch {
      return failure("\(error)")
    }
  }

  private func disallow(_ number: String) -> ControlAnswer {
    guard let number = Int(number), server.overlay.remove(number) else {
      return failure("there is no exception \(number). See sinkholed policy allowed.")
    }
    return ControlAnswer(isSuccess: true, text: "exception \(number) ended")
  }

  private var list: String {
    let entries = server.overlay.entries(now: Instant.now().unixSeconds)
    guard !entries.isEmpty else { return "no exception holds" }
    return entries.map { entry in
      let whom =
        switch entry.scope {
        case .client(let address): "client \(address)"
        case .prefix(let prefix): "prefix \(prefix)"
        case .group(let name): "group \(name)"
        }
      return "\(entry.number) \(entry.kind.text) \(entry.service) for \(whom) until \(Instant(unixSeconds: entry.until))"
    }.joined(separator: "\n")
  }

  private func unknown(_ kind: String, _ word: String, among known: [String]) -> ControlAnswer {
    let meant = Spelling.nearest(to: word, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
    return failure("there is no \(kind) \"\(word)\".\(meant)")
  }

  private func failure(_ text: String) -> ControlAnswer { ControlAnswer(isSuccess: false, text: text) }
}
