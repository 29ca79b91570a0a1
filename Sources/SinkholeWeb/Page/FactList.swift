/// The rows of a description list. A row whose value is nil is left out.
struct FactList {
  private var rows: HTML = ""
  private(set) var isEmpty = true

  mutating func add(_ label: String, _ value: HTML?) {
    guard let value else { return }
    isEmpty = false
    rows += "<div><dt>\(label)</dt><dd>\(value)</dd></div>\n"
  }

  mutating func add(_ label: String, _ value: String?) {
    add(label, value.map { HTML(escaping: $0) })
  }

  /// For identifiers: set in a fixed-width face, and not translated by the browser.
  mutating func add(_ label: String, code value: String) {
    add(label, "<code translate=\"no\">\(value)</code>" as HTML)
  }

  /// Nil when it has no rows: an empty list would be none (HTML Living Standard 4.4.9).
  var html: HTML? { isEmpty ? nil : "<dl>\n\(rows)</dl>" }
}
