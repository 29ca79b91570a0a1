/// What a source is called, taken from its path.
enum SourceTitle {
  /// `ads` of `lists/ads.hosts`.
  static func stem(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
    return String(file[..<dot])
  }

  /// `lists/` of `lists/ads.hosts`; empty without a folder.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// `title` as a label of a domain name: hyphens for what no label of a host has, 63 octets at most.
  static func label(_ title: String) -> String {
    let octets = title.utf8.prefix(Name.maximumLabelLength).map { octet in
      PlainName.isPlain(octet) ? Name.lowercased(octet) : UInt8(ascii: "-")
    }
    return octets.isEmpty ? "zone" : String(decoding: octets, as: UTF8.self)
  }
}
