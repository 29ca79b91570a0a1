import Sinkhole

/// The counters of a running server, one `name value` a line, for people and scripts.
struct StatusReport {
  let server: DNSServer
  let record: RecordCounters
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
    lines += access?.status ?? []
    return lines.joined(separator: "\n")
  }
}
