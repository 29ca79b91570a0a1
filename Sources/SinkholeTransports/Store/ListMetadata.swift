/// What is known of a stored list, kept in a small file beside it.
///
/// The file is lines `key=value` below a line that names the form. It is read strictly: a key twice, an unknown or a
/// missing one, a number that is none, and the whole counts for nothing. That costs one unconditional fetch.
package struct ListMetadata: Sendable, Hashable {
  /// Octets of a metadata file; the longest that is written has some 4,300.
  static let maximumLength = 8192
  private static let form = "sinkhole list 1"

  /// Where the list came from. Not where a redirect led.
  package var url: String
  /// What a conditional request asks with (RFC 9110 section 8.8).
  package var validators: Validators
  /// When the list came, in seconds since 1970.
  package var fetched: Int
  /// When the server last said that it is current, in seconds since 1970.
  package var checked: Int
  package var entries: Int
  /// Of the list this speaks of. Another list is in its place: a stop came between the two files.
  var stamp: FileStamp

  /// The file's text.
  var text: String {
    var lines = [ListMetadata.form, "url=\(url)"]
    if let tag = validators.entityTag { lines.append("etag=\(tag)") }
    if let date = validators.lastModified { lines.append("last_modified=\(date)") }
    lines += ["fetched=\(fetched)", "checked=\(checked)", "entries=\(entries)", "size=\(stamp.size)"]
    lines.append("modified=\(stamp.seconds).\(stamp.nanoseconds)")
    return lines.map { $0 + "\n" }.joined()
  }

  init(url: String, validators: Validators, fetched: Int, checked: Int, entries: Int, stamp: FileStamp) {
    self.url = url
    self.validators = validators
    self.fetched = fetched
    self.checked = checked
    self.entries = entries
    self.stamp = stamp
  }

  /// Nil: not a text of the form above.
  init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The last line ends, or the end of the file is missing.
    guard lines.first == Substring(ListMetadata.form), lines.last == "" else { return nil }
    var values: [Substring: Substring] = [:]
    for line in lines.dropFirst().dropLast() {
      guard let equals = line.firstIndex(of: "="),
        values.updateValue(line[line.index(after: equals)...], forKey: line[..<equals]) == nil
      else { return nil }
    }
    let modified = values.removeValue(forKey: "modified")?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    guard let url = values.removeValue(forKey: "url"), SourceURL(String(url)) != nil,
      let fetched = ListMetadata.number(values.removeValue(forKey: "fetched")),
      let checked = ListMetadata.number(values.removeValue(forKey: "checked")),
      let entries = ListMetadata.number(values.removeValue(forKey: "entries")), entries > 0,
      let size = ListMetadata.number(values.removeValue(forKey: "size")), modified.count == 2,
      let seconds = ListMetadata.number(modified[0]), let nanoseconds = ListMetadata.number(modified[1])
    else { return nil }
    let tag = values.removeValue(forKey: "etag").map(String.init)
    let date = values.removeValue(forKey: "last_modified").map(String.init)
    let validators = Validators(entityTag: tag, lastModified: date)
    guard values.isEmpty, validators.entityTag == tag, validators.lastModified == date else { return nil }
    self.init(
      url: String(url), validators: validators, fetched: fetched, checked: checked, entries: entries,
      stamp: FileStamp(size: size, seconds: seconds, nanoseconds: nanoseconds))
  }

  /// Digits and nothing else: `Int` alone would take a sign.
  private static func number(_ text: Substring?) -> Int? {
    guard let text, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int(text)
  }
}

/// The validators of a response. What is no printable ASCII, or too long for a line, is not kept: the next fetch is
/// then unconditional.
package struct Validators: Sendable, Hashable {
  static let maximumLength = 1024

  /// As it came, with quotes and the `W/` of a weak one (RFC 9110 section 8.8.3).
  package let entityTag: String?
  /// As it came: a date is only ever sent back (RFC 9110 section 8.8.2).
  package let lastModified: String?

  package init(entityTag: String?, lastModified: String?) {
    self.entityTag = entityTag.flatMap(Validators.storable)
    self.lastModified = lastModified.flatMap(Validators.storable)
  }

  package static let none = Validators(entityTag: nil, lastModified: nil)

  private static func storable(_ value: String) -> String? {
    let isStorable =
      (1...maximumLength).contains(value.utf8.count) && value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    return isStorable ? value : nil
  }
}

/// Tells one content of a file from the next: each list is a new file, written at another time.
struct FileStamp: Sendable, Hashable {
  let size: Int
  /// The time of the last write, since 1970.
  let seconds, nanoseconds: Int
}
