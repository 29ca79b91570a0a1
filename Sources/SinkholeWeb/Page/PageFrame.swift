/// What every page has around its content: head, masthead, main landmark.
///
/// One document, nothing outside it: no script, no image, no font. The reader's network cannot reach
/// what the page would load, and a notice should tell nobody that it was read.
struct PageFrame {
  let language: Language
  let title: String
  let operatorName: LocalizedText?

  func html(main: HTML, footer: HTML? = nil) -> HTML {
    """
    <!DOCTYPE html>
    <html lang="\(language.tag.rawValue)">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>\(title)</title>
    <style>\(Stylesheet.html)</style>
    </head>
    <body>
    <header>
    \(masthead)
    </header>
    <main>
    \(main)
    </main>
    \(footer)
    </body>
    </html>

    """
  }

  /// Who speaks: the operator where one is named, and always what kind of page this is.
  private var masthead: HTML {
    guard let operatorName else { return "<p><b>\(language.masthead)</b></p>" }
    return "<p><b>\(HTML.passage(operatorName, in: language))</b> <span>\(language.masthead)</span></p>"
  }
}

/// The rows of a description list. A row whose value is nil is left out.
struct FactList {
  private var rows: HTML = ""

  mutating func add(_ label: String, _ value: HTML?) {
    if let value { rows += "<div><dt>\(label)</dt><dd>\(value)</dd></div>\n" }
  }

  mutating func add(_ label: String, _ value: String?) {
    add(label, value.map { HTML(escaping: $0) })
  }

  /// For identifiers: set in a fixed-width face, and not translated by the browser.
  mutating func add(_ label: String, code value: String) {
    add(label, "<code translate=\"no\">\(value)</code>" as HTML)
  }

  var html: HTML { "<dl>\n\(rows)</dl>" }
}
