/// The keys of a line, in the order in which they are written. A reader takes others for those of a later version.
package enum RecordKey: Int, CaseIterable, Sendable {
  case time, client, group, name, type, transport, verdict, rule, policy, service, zone, serial, trigger, place
  case reference, count, last

  package var text: String { "\(self)" }
}
