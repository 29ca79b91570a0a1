/// The sign beside a page's heading. It stands within the page, so that nothing is loaded, and says nothing that the
/// heading does not: a screen reader passes over it.
enum Icon: String {
  /// A circle with a bar.
  case stop
  /// A triangle with an exclamation mark.
  case caution
  /// A circle with a tick.
  case open
  /// A sheet of paper.
  case paper
  /// A circle with an i.
  case information

  var html: HTML {
    """
    <svg class="icon \(rawValue)" viewBox="0 0 24 24" aria-hidden="true" focusable="false">\(drawing)</svg>
    """
  }

  private var drawing: HTML {
    switch self {
    case .stop: "<circle cx=\"12\" cy=\"12\" r=\"9.25\"/><path d=\"M7.5 12h9\"/>"
    case .caution: "<path d=\"M12 3.25 22 20.5H2Z\"/><path d=\"M12 10v4.5M12 17.4v.1\"/>"
    case .open: "<circle cx=\"12\" cy=\"12\" r=\"9.25\"/><path d=\"m7.75 12.25 3 3 5.5-6\"/>"
    case .paper: "<path d=\"M6 2.75h8.5L19 7.25v14H6Z\"/><path d=\"M9.25 11.5h6.5M9.25 15.5h6.5\"/>"
    case .information: "<circle cx=\"12\" cy=\"12\" r=\"9.25\"/><path d=\"M12 11v5.5M12 7.6v.1\"/>"
    }
  }
}
