import Glibc

extension TimeZoneRules {
  /// The zone that this machine's clocks show: what `path` leads to, UTC when there is no such file. Its name is the
  /// one that the link carries, `localtime` where it is no link.
  /// - Throws: the link leads nowhere, or not to a TZif file. To go on in UTC would shift every rule by the offset.
  package static func system(_ path: String = "/etc/localtime") throws(TimeZoneError) -> TimeZoneRules {
    guard let target = target(ofLink: path) else {
      // No link: a copy of the file, or nothing. access(2) only reads the path.
      if unsafe access(path, F_OK) != 0, errno == ENOENT { return utc }
      return try read("localtime", file: path)
    }
    let folder = "/zoneinfo/"
    let name = target.firstRange(of: folder).map { String(target[$0.upperBound...]) } ?? ""
    if isUTC(name) { return utc }
    return try read(isName(name) ? name : "localtime", file: path)
  }

  /// Where a symbolic link leads; nil when `path` is none.
  private static func target(ofLink path: String) -> String? {
    var octets = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe octets.withUnsafeMutableBufferPointer { buffer -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      // Safe: at most the array's octets are written.
      return unsafe readlink(path, base, buffer.count)
    }
    return count > 0 ? String(decoding: octets[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }
}
