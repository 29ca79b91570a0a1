import Sinkhole
import SinkholeLedger
import SinkholeWeb

/// What the interface and the webhook say of the ledger's things.
enum AccessDocuments {
  static func document(_ authorisation: Authorisation) -> JSONValue {
    var members = head(authorisation)
    let approvals = authorisation.approvals.map { person in
      JSONValue.members(["name": .string(person.name), "account": .string(person.account)])
    }
    let rest: KeyValuePairs<String, JSONValue?> = [
      "from": JSONValue(authorisation.from.map(time)), "until": JSONValue(authorisation.until.map(time)),
      "for": authorisation.until == nil ? .string(length(authorisation.seconds)) : nil,
      "reason": .string(authorisation.reason), "asked_by": .string(authorisation.askedBy),
      "asked_from": JSONValue(authorisation.client), "asked": .string(time(authorisation.asked)),
      "reference": JSONValue(authorisation.reference), "approvals": .array(approvals),
      "decided": JSONValue(authorisation.decided.map(time)), "note": JSONValue(authorisation.note),
    ]
    for (name, value) in rest {
      if let value { members.append(JSONValue.Member(name: name, value: value)) }
    }
    return .object(members)
  }

  private static func head(_ authorisation: Authorisation) -> [JSONValue.Member] {
    [
      JSONValue.Member(name: "number", value: .number(authorisation.number)),
      JSONValue.Member(name: "state", value: .string(authorisation.state.rawValue)),
      JSONValue.Member(name: "services", value: JSONValue(authorisation.services)),
      JSONValue.Member(name: authorisation.scope.kind, value: .string(authorisation.scope.whom)),
    ]
  }

  static func document(_ acknowledgement: Acknowledgement) -> JSONValue {
    .members([
      "number": .number(acknowledgement.number), "client": .string(acknowledgement.client),
      "service": .string(acknowledgement.service), "rule": .string(acknowledgement.rule),
      "name": JSONValue(acknowledgement.name), "given": .string(time(acknowledgement.given)),
      "until": .string(time(acknowledgement.until)), "reference": JSONValue(acknowledgement.reference),
    ])
  }

  static func document(_ entry: AuditEntry) -> JSONValue {
    .members([
      "number": .number(entry.number), "at": .string(time(entry.at)), "who": .string(entry.who),
      "what": .string(entry.what), "subject": .string(entry.subject),
      "before": JSONValue(entry.before.isEmpty ? nil : entry.before), "after": .string(entry.after),
      "reference": JSONValue(entry.reference.isEmpty ? nil : entry.reference), "hash": .string(entry.hash),
    ])
  }

  private static func time(_ seconds: Int64) -> String { "\(Instant(unixSeconds: seconds))" }
  private static func length(_ seconds: Int64) -> String {
    Quantity.text(milliseconds: Int(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue))
  }
}
