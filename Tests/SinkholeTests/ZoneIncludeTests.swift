import Foundation
import Sinkhole
import Support
import Testing

@Suite("$INCLUDE")
struct ZoneIncludeTests {
  /// Reads the file `main.zone` of `files`, whose zone text has the usual head before it.
  private func play(_ files: [String: String], mayInclude: Bool = true) throws -> ZoneListing {
    let folder = try SourceFolder()
    for (name, text) in files { try folder.write(name, name == "main.zone" ? zoneHead + text : text) }
    var zone = ZoneListing { try PolicyZoneReader.read(file: folder.path + "/main.zone", mayInclude: mayInclude) }
    zone.triggers = zone.triggers.map(folder.relative)
    zone.skipped = zone.skipped.map(folder.relative)
    zone.faults = zone.faults.map(folder.relative)
    return zone
  }

  @Test("an included file stands where it is included, with its own places")
  func plain() throws {
    let zone = try play([
      "main.zone": "a.example CNAME .\n$INCLUDE names.inc\nc.example CNAME .\n",
      "names.inc": "; names\nb.example CNAME .\n*.b.example CNAME *.",
    ])
    #expect(
      zone.triggers == [
        "a.example nxdomain main.zone:5", "b.example nxdomain names.inc:2", "*.b.example nodata names.inc:3",
        "c.example nxdomain main.zone:7",
      ])
  }

  @Test("an origin may be given; it and the last owner end with the file, $TTL goes on")
  func scope() throws {
    let zone = try play([
      "main.zone": "a.example CNAME .\n$INCLUDE one.inc Sub\n  CNAME .\nd.example A 192.0.2.1\n$INCLUDE two.inc\n  CNAME .\n",
      "one.inc": "$TTL 60\nb CNAME .\n$ORIGIN deeper\nc CNAME .\n",
      "two.inc": "$ORIGIN sub\n",
    ])
    #expect(
      zone.triggers.prefix(5) == [
        "a.example nxdomain main.zone:5", "b.sub nxdomain one.inc:2", "c.deeper.sub nxdomain one.inc:4",
        "a.example nxdomain main.zone:7", "d.example data=A/60/c0000201 main.zone:8",
      ])
    #expect(zone.triggers.count == 6 && zone.triggers.last == "d.example nxdomain main.zone:10")
  }

  @Test("the head may be included, and a path is one of the including file's folder, or outside it")
  func folders() throws {
    let folder = try SourceFolder()
    let main = "$INCLUDE \"../shared/he ad.inc\"\n$ORIGIN z.rpz.example.\na.example CNAME .\n$INCLUDE more/m.inc\n"
    try folder.write("lists/main.rpz", main)
    try folder.write("shared/he ad.inc", zoneHead)
    try folder.write("lists/more/m.inc", "b.example CNAME .\n$INCLUDE n.inc\n$include \(folder.path)/lists/more/n.inc x.example\n")
    try folder.write("lists/more/n.inc", "n CNAME .\n")
    let zone = ZoneListing { try PolicyZoneReader.read(file: folder.path + "/lists/main.rpz") }
    #expect(zone.rules == ["a.example nxdomain", "b.example nxdomain", "n.x.example nxdomain"], "\(zone)")
    // `n` alone is a top-level domain.
    #expect(zone.skipped.map(folder.relative) == ["guarded 1 a rule for a top-level domain lists/more/n.inc:1:1"])
  }

  @Test("a fault in an included file has that file's place, and the including one is read on")
  func faults() throws {
    let zone = try play([
      "main.zone": "$INCLUDE bad.inc\nx BAD y\n",
      "bad.inc": "\n   (\n  b.example\n CNAEM . )\noutside. CNAME .\n",
    ])
    #expect(zone.faults.map { $0.prefix { $0 != " " } } == ["bad.inc:3:3:", "bad.inc:5:1:", "main.zone:6:3:"], "\(zone)")
  }

  @Test("a parenthesis does not reach past the end of its file")
  func parentheses() throws {
    let zone = try play(["main.zone": "$INCLUDE open.inc\na.example CNAME .\n", "open.inc": "b.example CNAME ( .\n"])
    #expect(zone.faults.count == 1 && zone.faults.first?.hasPrefix("open.inc:1:1: \"(\" is never closed") == true)
  }

  @Test(
    "what cannot be included is a fault at the $INCLUDE",
    arguments: [
      (["main.zone": "\n$INCLUDE none.inc\n"], "main.zone:6:1: \"none.inc\" cannot be read: open: No such file or directory. Check the path and its permissions."),
      (["main.zone": "$INCLUDE sub\n", "sub/x": ""], "main.zone:5:1: \"sub\" cannot be read: read: Is a directory. Check the path and its permissions."),
      (["main.zone": "$INCLUDE e.inc\n", "e.inc": ""], "main.zone:5:1: \"e.inc\" is empty, expected a policy zone or list. Fill it, or remove it from zones."),
      (["main.zone": "$INCLUDE main.zone\n"], "main.zone:5:1: files include each other: main.zone includes main.zone. Take one $INCLUDE out."),
      (
        ["main.zone": "$INCLUDE a.inc\n", "a.inc": ";\n$INCLUDE b.inc\n", "b.inc": "$INCLUDE ./a.inc\n"],
        "b.inc:1:1: files include each other: main.zone includes a.inc includes b.inc includes ./a.inc. Take one $INCLUDE out."
      ),
    ])
  func refused(_ files: [String: String], _ expected: String) throws {
    let zone = try play(files)
    #expect(zone.faults == [expected])
  }

  @Test("eight files may include each other, not nine", arguments: [8, 9])
  func depth(_ count: Int) throws {
    var files = ["main.zone": "$INCLUDE 2.inc\n"]
    for number in 2...count { files["\(number).inc"] = "n\(number).example CNAME .\n" + (number < count ? "$INCLUDE \(number + 1).inc\n" : "") }
    let zone = try play(files)
    if count == 8 { return #expect(zone.triggers.count == 7) }
    #expect(zone.faults == ["8.inc:2:1: $INCLUDE goes deeper than 8 files. Include from the first file."])
  }

  @Test("the same file may be included again, under another origin")
  func again() throws {
    let zone = try play(["main.zone": "$INCLUDE n.inc a.example\n$INCLUDE n.inc b.example\n", "n.inc": "n CNAME .\n"])
    #expect(zone.triggers == ["n.a.example nxdomain n.inc:1", "n.b.example nxdomain n.inc:1"])
  }

  @Test("a source from elsewhere may name no files of ours")
  func elsewhere() throws {
    let zone = try play(["main.zone": "$INCLUDE names.inc\n", "names.inc": "secret\n"], mayInclude: false)
    #expect(zone.faults == ["main.zone:5:1: $INCLUDE in a source from elsewhere is not followed. Have its author write the records out."])
  }

  @Test("a gibibyte is the most that a source and its includes may have together")
  func size() throws {
    let folder = try SourceFolder()
    let large = try folder.write("large.inc", ";")
    #expect(truncate(large, off_t(SourceLines.maximumSize)) == 0)
    let main = try folder.write("main.zone", zoneHead + "$INCLUDE large.inc\n")
    let zone = ZoneListing { try PolicyZoneReader.read(file: main) }
    #expect(zone.faults.map(folder.relative) == ["large.inc: more than 1 GiB with all that it includes. Part it."])
    #expect(truncate(large, off_t(SourceLines.maximumSize + 1)) == 0)
    let alone = ZoneListing { try PolicyZoneReader.read(file: large) }
    #expect(alone.faults.map(folder.relative) == ["large.inc: more than 1 GiB with all that it includes. Part it."])
  }

  @Test("each of ten thousand triggers in four files is at its own file and line")
  func places() throws {
    let folder = try SourceFolder()
    var random = SeededRandom(seed: 4)
    var expected: [String] = []
    var number = 0

    /// Writes some 2,500 triggers among comments, empty lines and records of several lines; includes `next` in between.
    func write(_ file: String, head: String, next: String?) throws {
      var lines = head.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
      let path = folder.path + "/" + file
      var mine: [String] = []
      for index in 0..<2_500 {
        if index == 1_200, let next {
          expected += mine
          mine = []
          lines.append("$INCLUDE \(next)")
          try write(next, head: "; \(next)\n", next: next == "b.inc" ? "c.inc" : next == "a.inc" ? "b.inc" : nil)
        }
        switch Int.random(in: 0..<12, using: &random) {
        case 0: lines += ["", "; comment"]
        case 1: lines += Array(repeating: "", count: Int.random(in: 0..<300, using: &random))
        default: break
        }
        let name = "n\(number).example"
        number += 1
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
          mine.append("\(name) nxdomain \(path):\(lines.count + 1)")
          lines += ["\(name) CNAME ( ; of", " . )"]
        case 1:
          mine.append("*.\(name) nodata \(path):\(lines.count + 1)")
          lines.append("*.\(name) 60 IN CNAME *.")
        case 2:
          mine += ["\(name) drop \(path):\(lines.count + 1)", "*.\(name) nodata \(path):\(lines.count + 2)"]
          lines += ["\(name) CNAME rpz-drop.", "*.\(name) CNAME *."]
        case 3:
          mine.append("\(name) data=A/300/c0000201 \(path):\(lines.count + 1)")
          lines.append("\(name) A 192.0.2.1")
        default:
          mine.append("\(name) nxdomain \(path):\(lines.count + 1)")
          lines.append("\(name) CNAME .")
        }
      }
      expected += mine
      try folder.write(file, lines.joined(separator: "\n") + "\n")
    }
    try write("main.zone", head: zoneHead, next: "a.inc")
    let zone = ZoneListing { try PolicyZoneReader.read(file: folder.path + "/main.zone") }
    #expect(expected.count > 10_000)
    #expect(zone.triggers.count == expected.count)
    #expect(zone.triggers == expected)
  }
}
