/// Makes a list of names into a policy zone: each entry with all that lies below it, as lists mean it, its exceptions
/// kept.
package struct ListImport {
  private let export: ZoneExport

  /// - Parameters:
  ///   - list: as read.
  ///   - origin: of the zone.
  ///   - service: whose names they are; nil to have them answered with NXDOMAIN.
  /// - Throws: what is wrong in the list.
  package init(_ list: PolicyZone, origin: Name, serial: UInt32? = nil, service: PolicyZone.Service?) throws(Faults) {
    let target = service.map { PolicyZone.Action.service($0.id) } ?? .nxdomain
    var form = PolicyZoneForm(
      origin: origin, serial: serial ?? list.serial, target: .record(target.target ?? ""), isList: true)
    if let service, !service.facts.isEmpty { form.records = [ListImport.record(of: service)] }
    export = try ZoneExport([list], form: form)
  }

  package var losses: ExportLosses { export.losses }

  package func write(_ line: @escaping (String) throws(SystemError) -> Void) throws(SystemError) {
    try export.write(line)
  }

  /// The TXT record that describes a service, its facts in the order that the catalogue has them in.
  private static func record(of service: PolicyZone.Service) -> String {
    let order = ["name", "name.ko", "vendor", "jurisdiction", "category", "home"]
    let texts = order.compactMap { key in service.facts[key].map { "\"\(escaped("\(key)=\($0)"))\"" } }
    return "\(service.id).\(PolicyZoneReader.serviceSuffix) TXT \(texts.joined(separator: " "))"
  }

  /// Quotes and backslashes as RFC 1035 section 5.1 has them.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : "\($1)" }
  }
}
