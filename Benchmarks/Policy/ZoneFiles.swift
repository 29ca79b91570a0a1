import Foundation

/// The list as RPZ text, each name followed by its wildcard, spread over zones one name after the other.
struct ZoneFiles {
  let paths: [String]
  /// Octets of all files.
  let size: Int

  init(names: Int, zones: Int, in folder: URL) throws {
    let list = NameList()
    var paths: [String] = []
    var size = 0
    for zone in 0..<zones {
      let file = folder.appendingPathComponent("z\(zone).zone")
      try Data().write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      var text = Array(
        """
        $TTL 5
        $ORIGIN z\(zone).rpz.sinkhole.internal.
        @ SOA localhost. root.localhost. 1 3600 600 2592000 5
        @ NS localhost.

        """.utf8)
      var wire: [UInt8] = []
      for number in stride(from: zone, to: names, by: zones) {
        list.write(number, to: &wire)
        let name = ZoneFiles.text(wire)
        text += name
        text += " CNAME .\n*.".utf8
        text += name
        text += " CNAME .\n".utf8
        if text.count > 1 << 20 { try ZoneFiles.flush(&text, to: handle, &size) }
      }
      try ZoneFiles.flush(&text, to: handle, &size)
      try handle.close()
      paths.append(file.path)
    }
    self.paths = paths
    self.size = size
  }

  private static func flush(_ text: inout [UInt8], to handle: FileHandle, _ size: inout Int) throws {
    try handle.write(contentsOf: text)
    size += text.count
    text.removeAll(keepingCapacity: true)
  }

  /// Labels with dots between them.
  private static func text(_ wire: [UInt8]) -> [UInt8] {
    var text = wire
    var next = 0
    while next < wire.count {
      if next > 0 { text[next] = UInt8(ascii: ".") }
      next += Int(wire[next]) + 1
    }
    text.removeFirst()
    return text
  }
}
