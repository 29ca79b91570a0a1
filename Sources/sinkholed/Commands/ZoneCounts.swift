import ArgumentParser
import Sinkhole

/// `sinkholed zone list [SOURCE...]`
struct ZoneList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the services of zones, one a line.",
    discussion: "An option given twice takes services that have one or the other.")

  @OptionGroup var zones: ZoneSources
  @Option(name: .long, help: "Only of this category.") var category: [String] = []
  @Option(name: .long, help: "Only of this jurisdiction: two letters, ZZ where it is not known.")
  var jurisdiction: [String] = []
  @Option(name: .long, help: "Only of this vendor.") var vendor: [String] = []
  @Flag(name: .long, help: "Print JSON, one object a line.") var json = false

  func run() async throws {
    try await failing {
      let counts = CatalogueCounts()
      try zones.files().visit(counts)
      let report = CatalogueReport(counts)
      var filter = CatalogueReport.Filter()
      (filter.categories, filter.jurisdictions, filter.vendors) = (category, jurisdiction, vendor)
      let unknown = report.unknown(filter)
      for line in unknown { printError(line) }
      if !unknown.isEmpty { throw ExitCode.failure }
      try ResultWriter.lines { line throws(SystemError) in
        for text in report.services(filter, json: json) { try line(text) }
      }
    }
  }
}

/// `sinkholed zone stats [SOURCE...]`
struct ZoneStats: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count services, names and records by category, jurisdiction, vendor and action.")

  @OptionGroup var zones: ZoneSources
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func run() async throws {
    try await failing {
      let counts = CatalogueCounts()
      try zones.files().visit(counts)
      let report = CatalogueReport(counts)
      try ResultWriter.lines { line throws(SystemError) in
        for text in json ? [report.json] : report.text { try line(text) }
      }
    }
  }
}
