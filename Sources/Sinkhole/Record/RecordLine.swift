/// Writes a record as one line of JSON (RFC 8259): a flat object, its keys in the order of `RecordKey`, those
/// without a value left out. Whatever a name or a text holds, the line has one line feed, at its end, and shows on
/// a terminal as what it is: control and format characters are escaped.
package enum RecordLine {
  private static let starts = RecordKey.allCases.map { Array(",\"\($0.text)\":".utf8) }

  /// - Parameters:
  ///   - record: written with all its values but the client.
  ///   - client: what may be written of the client, by `ClientPrivacy`.
  ///   - octets: where the line goes to, behind what is there.
  package static func append(_ record: RestrictedRecord, client: String?, to octets: inout [UInt8]) {
    octets.append(UInt8(ascii: "{"))
    octets.append(contentsOf: starts[RecordKey.time.rawValue].dropFirst())
    appendTime(record.time, to: &octets)
    append(.client, client, to: &octets)
    append(.group, record.group, to: &octets)
    append(.name, record.name.description, to: &octets)
    append(.type, record.type.description, to: &octets)
    append(.transport, record.transport, to: &octets)
    append(.verdict, record.verdict, to: &octets)
    append(.rule, record.rule, to: &octets)
    append(.policy, record.policy, to: &octets)
    append(.service, record.service, to: &octets)
    append(.zone, record.zone, to: &octets)
    if let serial = record.serial { append(.serial, number: Int(serial), to: &octets) }
    append(.trigger, record.trigger, to: &octets)
    append(.place, record.place, to: &octets)
    append(.reference, record.reference, to: &octets)
    append(.count, number: record.count, to: &octets)
    if let last = record.last {
      octets.append(contentsOf: starts[RecordKey.last.rawValue])
      appendTime(last, to: &octets)
    }
    octets.append(UInt8(ascii: "}"))
    octets.append(UInt8(ascii: "\n"))
  }

  private static func append(_ key: RecordKey, _ text: String?, to octets: inout [UInt8]) {
    guard let text, !text.isEmpty else { return }
    octets.append(contentsOf: starts[key.rawValue])
    octets.append(UInt8(ascii: "\""))
    PlainText.append(text, to: &octets, limit: RecordLimits.valueLength)
    octets.append(UInt8(ascii: "\""))
  }

  private static func append(_ key: RecordKey, number: Int, to octets: inout [UInt8]) {
    octets.append(contentsOf: starts[key.rawValue])
    octets.append(contentsOf: String(number).utf8)
  }

  private static func appendTime(_ time: Int64, to octets: inout [UInt8]) {
    octets.append(UInt8(ascii: "\""))
    RecordTime.append(time, to: &octets)
    octets.append(UInt8(ascii: "\""))
  }
}
