import Foundation
import Sinkhole
import Support
import Testing

/// The tz database as others read it: compiled by zic, told by date (both of glibc).
enum TimeZoneDatabase {
  static let installed = "/usr/share/zoneinfo"

  /// The zones that a person may name, from zone.tab.
  static func names() throws -> [String] {
    let table = try String(contentsOfFile: installed + "/zone.tab", encoding: .utf8)
    let lines = table.split(separator: "\n").filter { !$0.hasPrefix("#") }
    return lines.map { String($0.split(separator: "\t")[2]) }
  }

  /// Compiles the sources in `folder`, `slim` with few transitions and a footer, or `fat` with all of them to 2037.
  static func compile(_ form: String, into folder: String) throws {
    let result = try Command.run("/usr/sbin/zic", "-b", form, "-d", folder, installed + "/tzdata.zi")
    try #require(result.status == 0, "zic: \(result.errors)")
  }

  /// What clocks show at `instants` in each zone, in the form of date(1), by one process for all of them.
  /// - Parameter zones: values of TZ, such as `:/usr/share/zoneinfo/Asia/Seoul` or a POSIX string.
  static func clocks(_ zones: [(zone: String, instants: [Int64])], form: String) throws -> [[String]] {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var list = ""
    for (index, (zone, instants)) in zones.enumerated() {
      let text = instants.map { "@\($0)\n" }.joined()
      try text.write(toFile: "\(folder)/\(index)", atomically: false, encoding: .utf8)
      list += "\(zone) \(index)\n"
    }
    try list.write(toFile: folder + "/list", atomically: false, encoding: .utf8)
    let script =
      "cd '\(folder)' && while read -r zone file; do TZ=\"$zone\" date -f \"$file\" '+\(form)' || exit; done <list"
    let result = try Command.run("sh", "-c", script)
    try #require(result.status == 0, "date: \(result.errors)")
    var lines = result.output.split(separator: "\n").map(String.init)[...]
    try #require(lines.count == zones.reduce(0) { $0 + $1.instants.count })
    return zones.map { zone in
      defer { lines.removeFirst(zone.instants.count) }
      return Array(lines.prefix(zone.instants.count))
    }
  }

  /// Seconds east of UTC, from `+05:53:28`.
  static func seconds(_ offset: String) throws -> Int {
    let parts = offset.dropFirst().split(separator: ":").compactMap { Int($0) }
    try #require(parts.count == 3)
    return (offset.hasPrefix("-") ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60 + parts[2])
  }

  /// The instants at which a zone's offset may change, and those beside them; and some on the way.
  static func instants(_ zone: TimeZoneRules, from start: Int64, to end: Int64, step: Int64) -> [Int64] {
    var instants = Array(stride(from: start, through: end, by: Int64.Stride(step)))
    var time = start
    while let next = zone.nextTransition(after: time), next < end {
      instants += [next - 1, next, next + 1]
      time = next
    }
    return instants
  }

  static let from1900: Int64 = -2_208_988_800
  static let to2100: Int64 = 4_102_444_800
  static let day: Int64 = 86_400
}
