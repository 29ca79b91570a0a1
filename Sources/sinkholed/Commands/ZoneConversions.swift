import ArgumentParser
import Sinkhole

/// `sinkholed zone export [SOURCE...]`
struct ZoneExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write zones as one, for a resolver that does not read them as they are.",
    discussion: """
      Formats: rpz (A and AAAA data at the sinkhole), hosts, domains, unbound (local-zone), dnsmasq. What a format has no \
      words for is left out, and told on standard error.
      """)

  @OptionGroup var zones: ZoneSources
  @Option(name: .long, help: "rpz, hosts, domains, unbound or dnsmasq.") var format: String
  @Option(name: .long, help: "An address that restricted names are answered with; give it once for each address.")
  var sinkhole: [String] = []
  @Option(name: .long, help: "The origin of the zone that rpz writes.") var origin = "catalogue.rpz.sinkhole.internal"
  @Option(name: .long, help: "Its serial; by default the highest of the zones.") var serial: UInt32?
  @Option(name: .long, help: "Names that are told of each kind that is left out; 0: all that are kept, 1000.")
  var most = 20

  func validate() throws {
    guard let format = ExportFormat(rawValue: format) else {
      let known = ExportFormat.allCases.map(\.rawValue)
      let meant = Spelling.nearest(to: format, among: known).map { " Did you mean \($0)?" } ?? ""
      throw ValidationError("\"\(format)\" is no format, expected \(known.joined(separator: ", ")).\(meant)")
    }
    for text in sinkhole where IPAddress(text) == nil { throw ValidationError("\"\(text)\" is no IP address.") }
    if sinkhole.isEmpty, format != .domains { throw ValidationError("\(format.rawValue) takes --sinkhole ADDRESS.") }
    guard Name(origin) != nil else { throw ValidationError("\"\(origin)\" is no domain name.") }
    guard most >= 0 else { throw ValidationError("--most takes 0 or more.") }
  }

  func run() async throws {
    try await failing {
      guard let format = ExportFormat(rawValue: format), let origin = Name(origin) else { return }
      var addresses: [IPAddress] = []
      for address in sinkhole.compactMap(IPAddress.init) where !addresses.contains(address) {
        addresses.append(address)
      }
      let export = try ZoneExport(
        zones.files().load(), format: format, sinkhole: addresses, origin: origin, serial: serial)
      for line in export.losses.report(most: most == 0 ? .max : most) { printError(line) }
      try ResultWriter.lines { line throws(SystemError) in try export.write(line) }
    }
  }
}

/// `sinkholed zone import FILE`
struct ZoneImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Write a list of names as a policy zone.",
    discussion: "With --service the names are those of that service; without it they are answered with NXDOMAIN.")

  @Argument(help: "The list.") var file: String
  @Option(name: .long, help: "hosts, domains or adblock; by default told by the file's suffix.") var format: String?
  @Option(name: .long, help: "The origin of the zone; by default LIST.rpz.sinkhole.internal.") var origin: String?
  @Option(name: .long, help: "Its serial; by default the hour when the list was written.") var serial: UInt32?
  @Option(name: .long, help: "The id of the service that the names belong to.") var service: String?
  @Option(name: .long, help: "Its name, for the TXT record.") var name: String?
  @Option(name: .long, help: "Its vendor.") var vendor: String?
  @Option(name: .long, help: "The vendor's country: two letters, ZZ where it is not known.") var jurisdiction: String?
  @Option(name: .long, help: "Its category.") var category: String?
  @Option(name: .long, help: "Its home page.") var home: String?

  private var facts: [String: String] {
    var facts: [String: String] = [:]
    for (key, value) in [
      ("name", name), ("vendor", vendor), ("jurisdiction", jurisdiction), ("category", category), ("home", home),
    ] {
      facts[key] = value
    }
    return facts
  }

  func validate() throws {
    if let format, SourceFormat(format) == nil || format == "rpz" {
      throw ValidationError("\"\(format)\" is no format of lists, expected hosts, domains, adblock.")
    }
    if format == nil, SourceFormat(file: file).map({ $0 == .rpz }) ?? true {
      throw ValidationError("\(file) does not tell its format: give --format hosts, domains or adblock.")
    }
    if let origin, Name(origin) == nil { throw ValidationError("\"\(origin)\" is no domain name.") }
    if let service {
      let target = Name("\(service).\(PolicyZoneReader.serviceSuffix)")
      guard let target, PolicyZoneReader.serviceID(of: target) == service else {
        throw ValidationError("\"\(service)\" is no id, expected lower-case letters, digits and hyphens.")
      }
    } else if let fact = facts.keys.sorted().first {
      throw ValidationError("--\(fact) goes with --service ID.")
    }
    for (key, value) in facts where key.utf8.count + 1 + value.utf8.count > 255 || value.contains(where: \.isNewline) {
      throw ValidationError("--\(key) is longer than \(254 - key.utf8.count) octets, or has several lines.")
    }
  }

  func run() async throws {
    try await failing {
      guard let known = format.flatMap({ SourceFormat($0) }) ?? SourceFormat(file: file) else { return }
      let list = try CatalogueFiles([CatalogueFiles.File(path: file, format: known)]).load()[0]
      for skip in list.skipped {
        printError("not imported: \(skip.count) \(skip.reason), the first at \(skip.file):\(skip.line)")
      }
      let title = String(list.title.map { $0.isLetter || $0.isNumber ? $0 : "-" }).lowercased()
      guard let origin = Name(origin ?? "\(title).rpz.sinkhole.internal") else {
        throw ValidationError("\"\(list.title)\" makes no domain name: give --origin.")
      }
      // Without facts the zone is to describe the service elsewhere, or by hand.
      let described = service.map { PolicyZone.Service(id: $0, facts: facts) }
      let zone = try ListImport(list, origin: origin, serial: serial, service: described)
      for line in zone.losses.report(most: 20) { printError(line) }
      try ResultWriter.lines { line throws(SystemError) in try zone.write(line) }
    }
  }
}

/// `sinkholed zone diff OLD NEW`
struct ZoneDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say what changes between two states of zones, by service; exits 1 when they differ."
  )

  @Argument(help: "A file or folder: what was.") var old: String
  @Argument(help: "A file or folder: what is.") var new: String
  @Flag(name: .long, help: "Print JSON, one object a line.") var json = false

  func run() async throws {
    do {
      let difference = try CatalogueDifference(
        from: CatalogueFiles([old]).load(), to: CatalogueFiles([new]).load())
      try ResultWriter.lines { line throws(SystemError) in
        if json { try difference.writeJSON(line) } else { try difference.write(line) }
      }
      if !difference.isEmpty { throw ExitCode.failure }
    } catch let error as ExitCode {
      throw error
    } catch {
      // As diff: 1 says that they differ, 2 that they cannot be compared.
      printError("\(error)")
      throw ExitCode(2)
    }
  }
}
