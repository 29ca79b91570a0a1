/// What every page has around its content: head, masthead, main landmark.
///
/// One document, nothing outside it: no script, no font, no image but the agency's, which stands within. The reader's
/// network cannot reach what the page would load, and a notice should tell nobody that it was read.
///
/// The markup is XML as well as HTML, so that a test can read it strictly.
struct PageFrame {
  let language: Language
  let title: String
  let appearance: Appearance

  func html(_ icon: Icon, main: HTML, footer: HTML? = nil) -> HTML {
    """
    <!DOCTYPE html>
    <html lang="\(language.tag.rawValue)">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <meta name="robots" content="noindex"/>
    <title>\(title)</title>
    <style>\(appearance.stylesheet.html)</style>
    </head>
    <body>
    <header>
    \(masthead)
    </header>
    <main>
    <div class="heading">\(icon.html)<h1>\(title)</h1></div>
    \(main)
    </main>
    \(footer)
    </body>
    </html>

    """
  }

  /// Who speaks: the agency where one is named, and always what kind of page this is.
  private var masthead: HTML {
    let logo = appearance.logo
    guard let agency = appearance.agency else { return "<p><b>\(logo)\(language.masthead)</b></p>" }
    return "<p><b>\(logo)\(HTML.passage(agency, in: language))</b> <span>\(language.masthead)</span></p>"
  }
}
