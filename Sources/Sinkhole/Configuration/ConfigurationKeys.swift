/// The keys of each section, for messages; docs/configuration.md explains them, and a test holds the two together.
package enum ConfigurationKeys {
  package static let sections: [(name: String, keys: [String])] = [
    (
      "the file",
      [
        "listen", "workers", "reply_trains", "upstreams", "sinkhole", "zones", "cache", "notice", "control", "identity",
        "limits",
      ]
    ),
    ("listen", ["dns", "allow"]),
    ("sinkhole", ["ipv4", "ipv6", "ttl", "explain_txt"]),
    ("cache", ["size"]),
    ("notice", ["http", "url", "contact"]),
    ("identity", ["version", "id"]),
    (
      "limits",
      [
        "tcp_connections", "tcp_per_client", "tcp_idle", "in_flight", "waiting", "waiting_per_client",
        "restricted_log_per_second",
      ]
    ),
  ]

  static func known(in section: String) -> [String] {
    sections.first { $0.name == section }?.keys ?? []
  }
}
