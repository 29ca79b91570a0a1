/// What a client prefers: the elements of an Accept or Accept-Language field with their weights
/// (RFC 9110 sections 12.4.2, 12.5.1 and 12.5.4).
///
/// 1. An element is a range, then parameters after semicolons; `q` is its weight, 1 without one.
/// 2. A weight has up to three decimals between 0 and 1. An element with another weight is skipped,
///    not the whole field: half a preference is better than none.
/// 3. Parameters other than `q` are passed over: nothing we offer has any.
struct QualityList: Sendable {
  struct Element: Equatable, Sendable {
    /// In lower case, such as `text/html`, `ko-kr` or `*`.
    let range: String
    /// Thousandths, 0 to 1000. 0 means "not acceptable".
    let quality: Int
  }

  let elements: [Element]

  /// - Parameter field: The field's value, nil when there is none. Elements past the 32nd are not
  ///   read; no browser sends as many.
  init(_ field: String?) {
    elements = (field ?? "").split(separator: ",", maxSplits: 32).prefix(32).compactMap(Self.element)
  }

  private static func element(_ text: Substring) -> Element? {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
    guard let range = parts.first, !range.isEmpty else { return nil }
    var quality: Int? = 1000
    for part in parts.dropFirst() where part.lowercased().hasPrefix("q=") {
      quality = thousandths(part.dropFirst(2))
    }
    return quality.map { Element(range: range.lowercased(), quality: $0) }
  }

  /// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`
  private static func thousandths(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, whole == "0" || whole == "1" else { return nil }
    let decimals = parts.count == 2 ? parts[1] : ""
    guard decimals.utf8.count <= 3, decimals.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let padded = decimals + String(repeating: "0", count: 3 - decimals.utf8.count)
    let value = (whole == "1" ? 1000 : 0) + (Int(padded) ?? 0)
    return value <= 1000 ? value : nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
