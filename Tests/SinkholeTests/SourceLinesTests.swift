import Foundation
import Sinkhole
import Testing

@Suite("Files of sources")
struct SourceLinesTests {
  private static let name = "a.example CNAME .\n"

  private func faults(_ name: String, _ octets: [UInt8]) throws -> [String] {
    let folder = try SourceFolder()
    let file = try folder.write(name, octets)
    return ZoneListing { try PolicySource.read(file: file) }.faults.map(folder.relative)
  }

  @Test(
    "what is no text is refused with one fault that says where",
    arguments: [
      ("z.zone", [], "z.zone: is empty, expected a policy zone or list."),
      ("l.hosts", [], "l.hosts: is empty"), ("l.domains", [], "l.domains: is empty"), ("l.adblock", [], "l.adblock: is empty"),
      ("z.zone", Array((zoneHead + name + "b.exa\0mple CNAME .\n").utf8), "z.zone:6:6: a NUL octet, expected text."),
      ("l.hosts", Array("0.0.0.0 a.example\n\0".utf8), "l.hosts:2:1: a NUL octet"),
      ("l.domains", [0x1F, 0x8B, 0x08, 0x00, 0x00], "l.domains:1:4: a NUL octet"),
      ("l.domains", [0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00], "l.domains:1:4: a NUL octet"),
      (
        "z.zone", Array((zoneHead + name + String(repeating: "x", count: 1_000_000)).utf8),
        "z.zone:6: a line of more than 65536 octets."
      ),
      (
        "z.zone", Array((zoneHead + "; " + String(repeating: "x", count: 65_535) + "\n").utf8),
        "z.zone:5: a line of more than 65536 octets."
      ),
      ("l.adblock", Array(("||a.example^\n" + String(repeating: "x", count: 1_000_000)).utf8), "l.adblock:2: a line of more than"),
      ("l.hosts", Array((String(repeating: "0.0.0.0 a.example ", count: 60_000)).utf8), "l.hosts:1: a line of more than"),
      ("l.domains", Array(("a.example\n# " + String(repeating: "x", count: 1_000_000)).utf8), "l.domains:2: a line of more than"),
      (
        "z.zone", Array((zoneHead + "a.example CNAME (\n" + String(repeating: "; comment\n. x y z\n", count: 40_000)).utf8),
        "z.zone:5:1: a record of more than 65536 octets: its \"(\" is not closed."
      ),
    ])
  func refused(_ name: String, _ octets: [UInt8], _ expected: String) throws {
    let faults = try faults(name, octets)
    #expect(faults.count == 1, "\(faults)")
    #expect(try #require(faults.first).hasPrefix(expected), "\(faults)")
  }

  @Test("a line of 65,536 octets is read, also across the pieces that a file is read in")
  func longest() throws {
    let comment = ";" + String(repeating: "x", count: 65_535) + "\n"
    for shift in [0, 1, 17, 4_000] {
      let text = zoneHead + ";" + String(repeating: "y", count: shift) + "\n" + String(repeating: comment, count: 9) + SourceLinesTests.name
      #expect(try faults("z.zone", Array(text.utf8)).isEmpty)
    }
  }

  @Test("lines come the same from a file, however the pieces fall, as from memory", arguments: [0, 1, 2, 37, 255, 262_143])
  func pieces(_ shift: Int) throws {
    let folder = try SourceFolder()
    let lines = [";" + String(repeating: "s", count: shift % 60_000)] + (0..<60_000).map { "line \($0) \(String(repeating: "x", count: $0 % 23))\($0 % 3 == 0 ? "\r" : "")" }
    for end in ["", "\n", "\r\n", "\n\n"] {
      let octets = Array((lines.joined(separator: "\n") + end).utf8)
      var file = try SourceLines(file: try folder.write("l", octets))
      var memory = try SourceLines(text: octets, file: "l")
      var count = 0
      while let range = try file.next() {
        let next = try memory.next()
        let other = try #require(next)
        #expect(range.count == other.count)
        if count < lines.count {
          var text: [UInt8] = []
          let span = file.octets.extracting(range)
          for index in span.indices { text.append(span[index]) }
          #expect(text == Array(lines[count].utf8.filter { $0 != 13 }))
        }
        count += 1
        #expect(file.line == count && memory.line == count)
      }
      let after = try memory.next()
      #expect(after == nil)
      #expect(count == lines.count + (end == "\n\n" ? 1 : 0))
    }
  }

  @Test("an octet-order mark before UTF-8 is no part of the first line")
  func mark() throws {
    #expect(try faults("z.zone", [0xEF, 0xBB, 0xBF] + Array((zoneHead + SourceLinesTests.name).utf8)).isEmpty)
    #expect(try faults("l.domains", [0xEF, 0xBB, 0xBF] + Array("a.example\n".utf8)).isEmpty)
    #expect(try faults("l.hosts", [0xEF, 0xBB, 0xBF] + Array("0.0.0.0 a.example\n".utf8)).isEmpty)
    #expect(try faults("l.adblock", [0xEF, 0xBB, 0xBF] + Array("[Adblock]\n||a.example^\n".utf8)).isEmpty)
  }

  @Test("a folder, a missing file and a FIFO are not read, and nobody is waited for")
  func kinds() throws {
    let folder = try SourceFolder()
    try folder.write("d.zone/x", "x")
    #expect(mkfifo(folder.path + "/f.zone", 0o600) == 0)
    for (name, problem) in [
      ("d.zone", "read: Is a directory"), ("f.zone", "read: Invalid argument"), ("none.zone", "open: No such file or directory"),
    ] {
      let zone = ZoneListing { try PolicySource.read(file: folder.path + "/" + name) }
      #expect(zone.faults.map(folder.relative) == ["\(name): cannot be read: \(problem). Check the path and its permissions."])
    }
  }

  @Test(
    "a file that is written to, cut or touched while it is read is refused",
    arguments: ["append", "cut", "touch", "overwrite"])
  func changed(_ how: String) throws {
    let folder = try SourceFolder()
    // Longer than a piece, so that reading is under way when it changes.
    let octets = Array(String(repeating: "0123456789 abcdef\n", count: 50_000).utf8)
    let path = try folder.write("l.hosts", octets)
    var lines = try SourceLines(file: path)
    for _ in 0..<10 { _ = try lines.next() }
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    switch how {
    case "append":
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("more\n".utf8))
    case "cut": try handle.truncate(atOffset: 400_000)
    case "overwrite": try handle.write(contentsOf: Data("9876543210".utf8))
    default: #expect(utimes(path, nil) == 0)
    }
    try handle.close()
    let error = #expect(throws: Fault.self) { while try lines.next() != nil {} }
    #expect(error?.description == "\(path): changed while it was read. Load again; replace files by renaming onto them.")
  }

  @Test("a file that another one takes the place of is read to its end as it was")
  func replaced() throws {
    let folder = try SourceFolder()
    let path = try folder.write("l.hosts", String(repeating: "0123456789 abcdef\n", count: 50_000))
    var lines = try SourceLines(file: path)
    for _ in 0..<10 { _ = try lines.next() }
    let other = try folder.write("new", "other\n")
    #expect(rename(other, path) == 0)
    var count = 10
    while try lines.next() != nil { count += 1 }
    #expect(count == 50_000)
  }

  @Test(
    "a format is told by the file's name or stated",
    arguments: [
      ("x.zone", SourceFormat.rpz), ("x.rpz", .rpz), ("x.hosts", .hosts), ("x.domains", .domains), ("x.adblock", .adblock),
      ("x.txt", nil), ("zone", nil),
    ])
  func formats(_ name: String, _ expected: SourceFormat?) throws {
    #expect(SourceFormat(file: name) == expected)
    #expect(SourceFormat("rpz") == .rpz && SourceFormat("adblock") == .adblock && SourceFormat("RPZ") == nil)
    guard expected == nil else { return }
    let folder = try SourceFolder()
    let file = try folder.write(name, "a.example\n")
    let zone = ZoneListing { try PolicySource.read(file: file) }
    #expect(zone.faults.first?.contains("its name does not tell its format, expected one of: .zone, .rpz, .hosts, .domains, .adblock") == true)
    #expect(ZoneListing { try PolicySource.read(file: file, format: .domains) }.triggers.count == 2)
  }
}
