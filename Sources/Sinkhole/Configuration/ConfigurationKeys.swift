/// The keys of each section, for messages; docs/configuration.md explains them, and a test holds the two together.
package enum ConfigurationKeys {
  package static let sections: [(name: String, keys: [String])] = [
    (
      "the file",
      [
        "listen", "workers", "reply_trains", "upstreams", "forward", "forwarding", "sinkhole", "zones", "groups", "policies", "default_policy",
        "never_block", "time_zone", "cache", "notice", "control", "state", "log", "identity", "limits", "access",
        "cookies", "rate_limit", "local", "special_names",
      ]
    ),
    ("listen", ["dns", "allow", "trusted_forwarders"]),
    ("sinkhole", ["ipv4", "ipv6", "ttl", "explain_txt"]),
    ("a zone", ["file", "url", "format", "name", "refresh", "max_size", "timeout", "required", "ca_file"]),
    ("a group", ["clients", "policy", "upstreams"]),
    ("forwarding", ["random_case", "cookies", "hedging", "rebinding_protection", "private_names", "trust_ad"]),
    (
      "a rule",
      Rule.Action.allCases.map(\.rawValue) + [
        "to", "id", "reason", "authority", "reference", "contact", "ede", "hours", "time_zone", "review", "for",
        "named",
      ]
    ),
    ("a selector", ["services", "category", "jurisdiction", "vendor", "zone", "names"]),
    ("cache", ["size", "min_ttl", "max_ttl", "max_negative_ttl", "stale", "prefetch", "file"]),
    ("local", ["hosts", "records", "ttl"]),
    ("special_names", ["open"]),
    (
      "notice",
      [
        "http", "https", "url", "contact", "agency", "colour", "logo", "certificates", "own_certificate", "own_key",
      ]
    ),
    (
      "log", ["file", "client", "client_v4", "client_v6", "fold", "max_size", "rotate", "keep", "max_age"]
    ),
    (
      "access",
      [
        "file", "socket", "approvals", "longest", "requests_per_client", "keep", "max_size", "front_ends", "webhook",
        "webhook_ca_file",
      ]
    ),
    ("identity", ["version", "id"]),
    ("cookies", ["secret_file"]),
    ("rate_limit", ["responses_per_second", "slip", "v4_prefix", "v6_prefix", "window", "exempt"]),
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
