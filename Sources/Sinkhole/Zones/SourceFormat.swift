package enum SourceFormat: String, CaseIterable, Sendable, Hashable { case rpz, hosts, domains, adblock
  package init?(_ t: String) { self.init(rawValue: t) }
  package var name: String { rawValue }
}
