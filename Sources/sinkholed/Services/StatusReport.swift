import Sinkhole
import SinkholeWeb

/// The counters of a running server, one `name value` a line, for people and scripts.
struct StatusReport {
  let server: DNSServer
  let record: RecordCounters
  /// Nil when the page has no TLS.
  let certificates: NoticeCertificates?
  let access: AccessService?

  var text: String {
    let snapshot = server.cell.snapshot
    let cache = server.cache.statistics()
    var lines = Counter.allCases.map { "\($0.name) \(server.value($0))" }
    lines += [
      "cache.entries \(cache.entries)",
      "cache.evictions \(cache.evictions)",
      "cache.capacity_octets \(cache.capacity)",
      "tcp.connections \(server.connections)",
      "policy.generation \(snapshot.generation)",
      "policy.names \(snapshot.policy.index.nameCount)",
      "policy.exceptions \(server.overlay.entries(now: Instant.now().unixSeconds).count)",
      "policy.services \(snapshot.policy.services.count)",
    ]
    lines += RecordCounter.allCases.map { "\($0.name) \(record.value($0))" }
    if let certificates {
      lines += TLSCounter.allCases.map { "\($0.name) \(certificates.value($0))" }
      lines += [
        "notice.tls.leaves \(certificates.leafCount)",
        "notice.tls.authorities \(certificates.issuer.authoritiesMade)",
        "notice.tls.names_missing \(certificates.issuer.coverage.missing.count)",
      ]
    }
    lines += access?.status ?? []
    return lines.joined(separator: "\n")
  }
}
