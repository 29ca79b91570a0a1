/// In which form a notice is told: a page for people, a problem document for programs.
enum MediaChoice: Sendable {
  case page
  /// RFC 9457.
  case problem

  /// The form the client prefers: the page for whoever accepts HTML by name, as every browser that goes to a page does.
  ///
  /// 1. A form's weight is that of the most specific range that covers it: type, `type/*`, `*/*`
  ///    (RFC 9110 section 12.5.1). `application/json` and its `+json` are one form to us.
  /// 2. The greater weight wins; between equals the form that was named more exactly, then the page if HTML was named
  ///    at all. So `*/*`, which programs and browsers' scripts send, and no field at all get the document.
  /// 3. Whoever accepts neither gets the document all the same (section 12.5.1 permits it).
  init(preferredBy list: QualityList) {
    let page = Self.weight(of: ["text/html"], within: "text/*", in: list)
    let problem = Self.weight(
      of: ["application/problem+json", "application/json"], within: "application/*", in: list)
    self = page >= problem && page.exactness > 0 ? .page : .problem
  }

  /// Weight and exactness, to be compared in this order.
  private static func weight(
    of types: [String], within family: String, in list: QualityList
  ) -> (quality: Int, exactness: Int) {
    for (ranges, exactness) in [(types, 2), ([family], 1), (["*/*"], 0)] {
      let named = list.elements.filter { ranges.contains($0.range) }
      if let best = named.map(\.quality).max() { return (best, best == 0 ? 0 : exactness) }
    }
    return (0, 0)
  }
}
