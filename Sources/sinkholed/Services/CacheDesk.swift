import Sinkhole

/// The cache of a running server through the control socket: `cache show NAME`, `cache show-json NAME`, `cache flush NAME`,
/// `cache flush-below NAME`, `cache flush-all`.
struct CacheDesk {
  let cache: ResponseCache

  /// Nil when `words` are no request of this kind.
  func respond(to words: [String]) -> ControlAnswer? {
    guard words.first == "cache", words.count == (words.dropFirst().first == "flush-all" ? 2 : 3) else { return nil }
    if words.count == 2 {
      let count = cache.statistics().entries
      cache.removeAll()
      return ControlAnswer(isSuccess: true, text: CacheDesk.forgotten(count))
    }
    guard let name = Name(words[2]) else {
      return ControlAnswer(
        isSuccess: false, text: "\"\(PlainText.visible(words[2]))\" is no domain name. Give one as www.example.org.")
    }
    switch words[1] {
    case "flush", "flush-below":
      let count = cache.remove(name, andBelow: words[1] == "flush-below")
      return ControlAnswer(isSuccess: true, text: CacheDesk.forgotten(count))
    case "show": return ControlAnswer(isSuccess: true, text: text(held(name)))
    case "show-json": return ControlAnswer(isSuccess: true, text: CacheDesk.json(name, held(name)))
    default: return nil
    }
  }

  private static func forgotten(_ count: Int) -> String { "\(count) response\(count == 1 ? "" : "s") forgotten" }

  private func held(_ name: Name) -> [HeldResponse] { cache.held(for: name, now: CacheKeeper.clock) }

  private func text(_ held: [HeldResponse]) -> String {
    guard !held.isEmpty else { return "nothing is held" }
    return held.map { response in
      var parts = [
        "\(response.type) \(response.code)", "\(response.records) record\(response.records == 1 ? "" : "s")",
        "\(response.octets) octets",
        response.isStale ? "stale since \(-response.secondsLeft) s" : "\(response.secondsLeft) s left",
      ]
      if response.dnssecOK { parts.append("DO") }
      if response.checkingDisabled { parts.append("CD") }
      if response.isAuthentic { parts.append("AD") }
      if response.view != 0 { parts.append("view \(String(response.view, radix: 16))") }
      if let remark = response.remark { parts.append("EDE \(remark.code.rawValue) \(PlainText.visible(remark.text))") }
      return parts.joined(separator: ", ")
    }.joined(separator: "\n")
  }

  private static func json(_ name: Name, _ held: [HeldResponse]) -> String {
    let responses = held.map { response in
      var members = [
        ("type", PlainText.quoted("\(response.type)")), ("rcode", PlainText.quoted("\(response.code)")),
        ("records", "\(response.records)"), ("octets", "\(response.octets)"), ("seconds_left", "\(response.secondsLeft)"),
        ("stale", "\(response.isStale)"), ("do", "\(response.dnssecOK)"), ("cd", "\(response.checkingDisabled)"),
        ("ad", "\(response.isAuthentic)"), ("view", PlainText.quoted(String(response.view, radix: 16))),
      ]
      if let remark = response.remark {
        members += [("ede", "\(remark.code.rawValue)"), ("ede_text", PlainText.quoted(remark.text))]
      }
      return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
    return "{\"name\":\(PlainText.quoted("\(name)")),\"responses\":[\(responses.joined(separator: ","))]}"
  }
}
