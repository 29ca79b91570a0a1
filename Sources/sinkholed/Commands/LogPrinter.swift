import Sinkhole

/// Prints records and summaries, for people in columns or as JSON.
struct LogPrinter {
  /// Columns for people, each with a width that most values keep to; a longer one moves what follows.
  private static let columns: [(title: String, key: RecordKey, width: Int)] = [
    ("VERDICT", .verdict, 12), ("CLIENT", .client, 18), ("GROUP", .group, 12), ("TYPE", .type, 5),
    ("NAME", .name, 32), ("SERVICE", .service, 16), ("RULE", .rule, 16), ("REFERENCE", .reference, 10),
  ]
  /// Of `2026-12-01T09:00:00.123Z`.
  private static let timeWidth = 24

  private let isJSON: Bool
  private var output = ResultWriter()
  private var hasTitle = false

  init(isJSON: Bool) { self.isJSON = isJSON }

  mutating func print(_ record: RecordView) throws(SystemError) {
    if isJSON { return try output.line(record.line) }
    if !hasTitle {
      hasTitle = true
      let titles = LogPrinter.columns.map { LogPrinter.padded($0.title, $0.width) }
      try output.line("\(LogPrinter.padded("TIME", LogPrinter.timeWidth)) \(titles.joined(separator: " ")) COUNT")
    }
    var line = RecordTime.text(record.time ?? 0)
    for column in LogPrinter.columns {
      line += " " + LogPrinter.padded(PlainText.visible(record.text(column.key) ?? "-"), column.width)
    }
    line += " \(record.count)"
    if let last = record.last, last != record.time { line += " until \(RecordTime.text(last))" }
    try output.line(line)
  }

  mutating func print(_ summary: RecordSummary) throws(SystemError) {
    if !isJSON { try output.line("\(summary.queries) queries in \(summary.lines) lines") }
    for key in RecordSummary.keys {
      let (rows, others) = summary.rows(key)
      guard !rows.isEmpty else { continue }
      if !isJSON {
        try output.line("")
        try row(key.text.uppercased(), "QUERIES")
      }
      for (text, count) in rows {
        if isJSON {
          try output.line("{\"by\":\"\(key.text)\",\"value\":\"\(PlainText.escaped(text))\",\"queries\":\(count)}")
        } else {
          try row(PlainText.visible(text), "\(count)")
        }
      }
      guard others > 0 else { continue }
      if isJSON {
        try output.line("{\"by\":\"\(key.text)\",\"others\":\(others)}")
      } else {
        try row("others", "\(others)")
      }
    }
  }

  mutating func finish() throws(SystemError) { try output.flush() }

  private mutating func row(_ text: String, _ count: String) throws(SystemError) {
    try output.line(String(repeating: " ", count: max(0, 12 - count.count)) + count + "  " + text)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    // Most are ASCII, and finding the characters of others takes its time.
    let length = text.utf8.allSatisfy({ $0 < 0x80 }) ? text.utf8.count : text.count
    return text + String(repeating: " ", count: max(0, width - length))
  }
}
