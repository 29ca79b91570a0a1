import ArgumentParser
import Sinkhole

/// `sinkholed log`: reads the record of restricted queries, and needs no running server.
struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print the record of restricted queries, oldest first, or sum it up.",
    discussion: """
      Rotated files are read too. A time is 2026-12-01 or 2026-12-01T09:00Z (UTC, or with an offset such as \
      +09:00), or so long ago: 30m, 2h, 7d.
      """)

  @OptionGroup var record: RecordOption
  @Option(name: .long, help: "Only of this service, by its id.") var service: String?
  @Option(name: .long, help: "Only of this group of clients.") var group: String?
  @Option(name: .long, help: "Only of this client: an address, a prefix or a pseudonym (c-...).") var client: String?
  @Option(name: .long, help: "The server's pseudonym.key, to find an address under its pseudonym.") var key: String?
  @Option(name: .long, help: "Only of this name and those below it.") var name: String?
  @Option(name: .long, help: "Only with this verdict: blocked, cautioned, observed ...") var verdict: String?
  @Option(name: .long, help: "Only with this reference, as somebody quotes it.") var reference: String?
  @Option(name: .long, help: "Only from this time on.") var since: String?
  @Option(name: .long, help: "Only before this time.") var until: String?
  @Flag(name: .long, help: "Count by service, group, verdict, client and name.") var summary = false
  @Flag(name: .long, help: "Print JSON, one object a line.") var json = false

  func validate() throws {
    _ = try filter(pseudonyms: nil)
  }

  func run() async throws {
    try await failing {
      // The reader holds every rotated file open.
      OpenFiles.raiseLimit()
      let filter = try filter(pseudonyms: key.map { path throws(Fault) in try PseudonymKey.read(path).privacy })
      let reader = try RecordReader(path: record.path())
      var printer = LogPrinter(isJSON: json)
      if summary {
        var counts = RecordSummary()
        try reader.read { record in
          if filter.matches(record) { counts.add(record) }
          return true
        }
        try printer.print(counts)
      } else {
        var failure: SystemError?
        try reader.read { record in
          guard filter.matches(record) else { return true }
          do throws(SystemError) {
            try printer.print(record)
          } catch {
            failure = error
          }
          return failure == nil
        }
        if let failure { throw failure }
      }
      try printer.finish()
      report(reader.skipped)
    }
  }

  /// - Parameter pseudonyms: how the record's clients are written, where the key is at hand.
  /// - Throws: `ValidationError` for what is no client, name or time.
  private func filter(pseudonyms: ClientPrivacy?) throws -> RecordFilter {
    let now = RecordMoment.now().wall
    var filter = RecordFilter()
    filter.service = service
    filter.group = group
    filter.verdict = verdict
    filter.reference = reference
    filter.name = try name.map { text in
      guard let name = Name(text) else { throw ValidationError("\"\(text)\" is no domain name.") }
      return name
    }
    filter.client = try client.map { text in
      guard let client = RecordFilter.Client(text, pseudonyms: pseudonyms) else {
        throw ValidationError("\"\(text)\" is no client, expected 192.0.2.7, 192.0.2.0/24 or c-...")
      }
      return client
    }
    filter.since = try since.map { try time($0, now: now) }
    filter.until = try until.map { try time($0, now: now) }
    return filter
  }

  private func time(_ text: String, now: Int64) throws -> Int64 {
    guard let time = RecordTime.asked(text, now: now) else {
      throw ValidationError("\"\(text)\" is no time, expected 2h, 2026-12-01 or 2026-12-01T09:00Z.")
    }
    return time
  }

  private func report(_ skipped: RecordReader.Skipped) {
    if skipped.torn > 0 { printError("skipped \(skipped.torn) torn or foreign lines") }
    if skipped.tooLong > 0 { printError("skipped \(skipped.tooLong) lines longer than 64 KiB") }
  }
}

/// `--file PATH`, and where the record is without it.
struct RecordOption: ParsableArguments {
  @OptionGroup var options: ConfigurationOption
  @Option(name: .long, help: "The record's file, by default the configuration's; those it was rotated to lie beside it.")
  var file: String?

  func path() throws -> String {
    if let file { return file }
    guard let file = try options.read().log.file else {
      throw ValidationError("No record is configured: give --file PATH, or --config FILE with log.file.")
    }
    return file
  }
}
