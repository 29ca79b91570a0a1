import Foundation
import Sinkhole
import Support
import Testing

@Suite("The cache over a restart")
final class CacheFileTests {
  private let folder: String
  private var path: String { folder + "/cache.snk" }
  private var file: CacheFile { CacheFile(path) }

  init() throws {
    folder = NSTemporaryDirectory() + "cache-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func query(_ number: Int) -> [UInt8] { Message.query("n\(number).example.org") }

  private static func filled(_ count: Int) throws -> Pantry {
    let pantry = Pantry()
    for number in 0..<count {
      try pantry.keep(
        query(number), [Message.address("192.0.2.\(number % 250)", ttl: 300)], view: UInt64(number % 2),
        remark: number % 3 == 0 ? [0, 6] + Array("why".utf8) : [], isAuthentic: number % 5 == 0, at: 1000)
    }
    return pantry
  }

  private func restore(_ pantry: Pantry, now: UInt32 = 50, instant: Int64 = 1_000_000) throws -> Int? {
    try file.restore(into: pantry.cache, size: ResponseCache.minimumSize, now: now, instant: instant)
  }

  @Test("what was saved is there again, older by the time that went by, its view, remark and AD with it")
  func roundTrip() throws {
    let saved = try file.save(Self.filled(2000).cache, now: 1010, instant: 1_000_000)
    #expect(saved == 2000)
    // The new process's clock is behind the responses' ages: seconds since its own start.
    let pantry = Pantry()
    #expect(try restore(pantry, now: 5, instant: 1_000_020) == 2000)
    for number in stride(from: 0, to: 2000, by: 37) {
      let message = try #require(try pantry.ask(Self.query(number), view: UInt64(number % 2), at: 5).message)
      #expect(message.answers.map(\.ipv4) == ["192.0.2.\(number % 250)"])
      #expect(message.answers.map(\.ttl) == [270])
      #expect(message.extendedError?.text == (number % 3 == 0 ? "why" : nil))
      let marked = try pantry.ask(Message.query("n\(number).example.org", flags: 0x0120), view: UInt64(number % 2), at: 5)
      #expect(marked.message?.authenticData == (number % 5 == 0))
      #expect(try pantry.ask(Self.query(number), view: 7, at: 5).isMiss)
    }
    #expect(try pantry.ask(Self.query(0), at: 5 + 270).isStale)
    #expect(pantry.cache.statistics(inspects: true).isConsistent)
  }

  @Test("what expired meanwhile is stale, and for too long is left out")
  func expired() throws {
    try file.save(Self.filled(10).cache, now: 1000, instant: 1_000_000)
    let stale = Pantry()
    #expect(try restore(stale, instant: 1_000_000 + 301) == 10)
    #expect(try stale.ask(Self.query(0), at: 50).isStale)
    let gone = Pantry()
    #expect(try restore(gone, instant: 1_000_000 + 300 + 86_400) == 0)
    #expect(gone.cache.statistics().entries == 0)
  }

  @Test("without a file there is nothing to restore")
  func missing() throws { #expect(try restore(Pantry()) == nil) }

  @Test("a file cut at any octet is refused, and nothing of it stays")
  func cut() throws {
    try file.save(Self.filled(12).cache, now: 1000, instant: 1_000_000)
    let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let pantry = Pantry()
    for length in 0..<octets.count {
      try Data(octets[..<length]).write(to: URL(fileURLWithPath: path))
      #expect(throws: CacheFile.Failure.self, "\(length) of \(octets.count)") { try restore(pantry) }
      #expect(pantry.cache.statistics().entries == 0)
    }
    try Data(octets + [0]).write(to: URL(fileURLWithPath: path))
    #expect(throws: CacheFile.Failure.self) { try restore(pantry) }
  }

  @Test("a file with any octet flipped is refused, and nothing of it stays")
  func flipped() throws {
    try file.save(Self.filled(12).cache, now: 1000, instant: 1_000_000)
    let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let pantry = Pantry()
    for index in octets.indices {
      for mask in [0x01, 0x80, 0xFF] as [UInt8] {
        var spoilt = octets
        spoilt[index] ^= mask
        try Data(spoilt).write(to: URL(fileURLWithPath: path))
        #expect(throws: CacheFile.Failure.self, "octet \(index)") { try restore(pantry) }
        #expect(pantry.cache.statistics().entries == 0)
      }
    }
  }

  @Test("a forged file with right checksums ends no process and leaves sound books")
  func forged() throws {
    try file.save(Self.filled(12).cache, now: 1000, instant: 1_000_000)
    let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var random = SeededRandom(seed: 7)
    var kept = 0
    for _ in 0..<1000 {
      var spoilt = octets
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        spoilt[Int.random(in: 28..<(octets.count - 12), using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      try Data(Self.signed(spoilt)).write(to: URL(fileURLWithPath: path))
      let pantry = Pantry()
      if let count = try? restore(pantry) { kept += count }
      for number in 0..<12 { _ = try pantry.ask(Self.query(number), at: 50) }
      #expect(pantry.cache.statistics(inspects: true).isConsistent)
    }
    #expect(kept > 100)
  }

  /// With the checksums of one block and the end made right.
  private static func signed(_ octets: [UInt8]) -> [UInt8] {
    func sum(_ octets: ArraySlice<UInt8>, _ start: UInt64) -> UInt64 {
      octets.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
    var octets = octets
    let value = sum(octets[28..<(octets.count - 12)], sum(octets[..<16], 0xCBF2_9CE4_8422_2325))
    for (index, shift) in stride(from: 56, through: 0, by: -8).enumerated() {
      octets[20 + index] = UInt8(truncatingIfNeeded: value >> UInt64(shift))
      octets[octets.count - 8 + index] = octets[20 + index]
    }
    return octets
  }

  @Test("files of others, of another version, too large or from the future are refused", arguments: ["text", "version", "large", "future", "folder"])
  func foreign(_ kind: String) throws {
    try file.save(Self.filled(12).cache, now: 1000, instant: 1_000_000)
    var octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    switch kind {
    case "text": octets = Array(String(repeating: "example.org\n", count: 10).utf8)
    case "version": octets[7] = 2
    case "large": octets += [UInt8](repeating: 0, count: ResponseCache.minimumSize * 2)
    case "folder":
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    default: break
    }
    if kind != "folder" { try Data(octets).write(to: URL(fileURLWithPath: path)) }
    let pantry = Pantry()
    #expect(throws: CacheFile.Failure.self) { try restore(pantry, instant: kind == "future" ? 999_999 : 1_000_000) }
    #expect(pantry.cache.statistics().entries == 0)
  }

  @Test("a save that was broken off leaves the file before it, and hinders no later one")
  func brokenOff() throws {
    try file.save(Self.filled(12).cache, now: 1000, instant: 1_000_000)
    // What a process leaves that is killed at a save.
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path + ".new"))
    #expect(try restore(Pantry()) == 12)
    try file.save(Self.filled(20).cache, now: 1000, instant: 1_000_000)
    #expect(try restore(Pantry()) == 20)
    #expect(!FileManager.default.fileExists(atPath: path + ".new"))
  }

  @Test("a save that fails leaves the file before it")
  func failed() throws {
    try file.save(Self.filled(12).cache, now: 1000, instant: 1_000_000)
    // Nothing can be written there.
    try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
    #expect(throws: SystemError.self) { try file.save(Self.filled(20).cache, now: 1000, instant: 1_000_000) }
    #expect(try restore(Pantry()) == 12)
    #expect(throws: SystemError.self) {
      try CacheFile("/dev/full/cache").save(Self.filled(1).cache, now: 1000, instant: 1_000_000)
    }
  }

  @Test("names are shown and forgotten alone, with what is below, or all")
  func looks() throws {
    let pantry = Pantry()
    let names = ["example.org", "www.example.org", "a.www.example.org", "anexample.org", "example.net"]
    for name in names {
      for type in [1, 28] as [UInt16] {
        try pantry.keep(Message.query(name, type), [], authority: [Message.soa(ttl: 60)], at: 100)
      }
    }
    func held(_ name: String) throws -> [HeldResponse] {
      pantry.cache.held(for: try #require(Name(name)), now: 130)
    }
    #expect(try held("WWW.example.org").map(\.type) == [.a, .aaaa])
    #expect(try held("www.example.org").map(\.secondsLeft) == [30, 30])
    #expect(try held("org").isEmpty)
    #expect(pantry.cache.remove(try #require(Name("example.org")), andBelow: false) == 2)
    #expect(try held("example.org").isEmpty)
    #expect(try held("www.example.org").count == 2)
    #expect(pantry.cache.remove(try #require(Name("example.org")), andBelow: true) == 4)
    #expect(pantry.cache.statistics(inspects: true).entries == 4)
    #expect(try held("anexample.org").count == 2)
    #expect(pantry.cache.remove(Name(), andBelow: true) == 4)
    #expect(pantry.cache.statistics(inspects: true).isConsistent)
  }
}
