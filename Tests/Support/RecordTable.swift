/// What an upstream knows: it answers as a resolver does that has these records, along CNAMEs, with NXDOMAIN for names that
/// it does not know and no data for types that a name has not, each with an SOA of its last two labels.
package struct RecordTable: Sendable {
  /// What is unusual about its responses.
  package enum Habit: Sendable {
    /// The answer section is turned round.
    case reversed
    /// The AD bit is set, and DO=1 gets a signature behind each record.
    case signing
  }

  private let records: [RecordText]
  private let habits: [Habit]

  /// - Throws: `RecordText.Failure`: a line that is no record.
  package init(_ lines: [String], _ habits: [Habit] = []) throws {
    records = try lines.map { try RecordText($0) }
    self.habits = habits
  }

  package func response(to query: [UInt8]) -> [UInt8] {
    var offset = 12
    guard let question = Message.name(query, &offset) else { return [] }
    let type = Message.uint16(query, offset)
    var name = question.lowercased()
    var found: [(record: RecordText, owner: String)] = []
    var known = records(of: name)
    var isLoop = false
    while type != 5, !isLoop, let alias = known.first(where: { $0.target != nil }) {
      found.append((alias, name))
      name = (alias.target ?? "").lowercased()
      known = records(of: name)
      isLoop = found.contains { $0.owner == name }
    }
    let data = isLoop ? [] : known.filter { $0.type == type }
    found += data.map { ($0, name) }
    let isNegative = data.isEmpty && !isLoop
    let authentic: UInt8 = habits.contains(.signing) ? 0x20 : 0
    return Message.response(
      to: query, rcode: authentic | (isNegative && known.isEmpty ? 3 : 0),
      answers: answers(found, isSigned: isSigned(query)), authority: isNegative ? [Message.soa(owner: RecordTable.zone(of: question))] : [])
  }

  /// Where a name lies: its last two labels.
  private static func zone(of name: String) -> String {
    name.lowercased().split(separator: ".").suffix(2).joined(separator: ".")
  }

  private func records(of name: String) -> [RecordText] {
    let own = records.filter { $0.owner.lowercased() == name }
    return own.isEmpty ? records.filter { $0.owner == "*" } : own
  }

  private func isSigned(_ query: [UInt8]) -> Bool {
    guard habits.contains(.signing), let message = Message(query), let opt = message.opt else { return false }
    return opt.ttl & 0x8000 != 0
  }

  private func answers(_ found: [(record: RecordText, owner: String)], isSigned: Bool) -> [[UInt8]] {
    let octets = found.flatMap { record, owner -> [[UInt8]] in
      let own = record.octets(ownedBy: owner)
      let signature = try? RecordText("\(owner) \(record.ttl) RRSIG \(RecordText.name(ofType: record.type))")
      return isSigned ? [own] + (signature.map { [$0.octets()] } ?? []) : [own]
    }
    return habits.contains(.reversed) ? octets.reversed() : octets
  }
}

extension ScriptedUpstream {
  package convenience init(_ table: RecordTable) throws {
    try self.init { [.send(table.response(to: $0.octets))] }
  }
}
