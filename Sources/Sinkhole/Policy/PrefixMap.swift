package struct PrefixMap<Value: Sendable>: Sendable {
  let e: [(IPPrefix, Value)]
  package init(_ entries: [(IPPrefix, Value)]) { e = entries.sorted { $0.0.length > $1.0.length } }
  package func value(for a: IPAddress) -> Value? { for (p, v) in e where p.contains(a) { return v }; return nil }
}
package struct AddressIndex: Sendable {
  let t: [PolicyZone.AddressTrigger]
  package init(_ t: [PolicyZone.AddressTrigger]) { self.t = t }
  package func match(_ a: IPAddress) -> (action: UInt16, trigger: Int)? {
    var best: Int?
    for (i, x) in t.enumerated() where x.prefix.contains(a) { if best.map({ t[$0].prefix.length < x.prefix.length }) ?? true { best = i } }
    return best.map { (t[$0].action, $0) }
  }
}
