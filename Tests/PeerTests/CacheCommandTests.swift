import Foundation
import Support
import Testing

@Suite("The cache's commands")
struct CacheCommandTests {
  @Test("cache show tells what is held, and cache flush has it asked for again")
  func showAndFlush() throws {
    let program = try Program()
    try program.start()
    _ = try program.ask("www.example.org")
    let shown = try program.call("cache", "show", "WWW.example.org")
    #expect(shown.status == 0)
    #expect(shown.output.hasPrefix("A NOERROR, 1 record, "), "\(shown.output)")
    #expect(shown.output.contains(" s left"))
    let json = try program.call("cache", "show", "www.example.org", "--json")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let responses = try #require(object["responses"] as? [[String: Any]])
    #expect(responses.map { $0["type"] as? String } == ["A"])
    #expect(responses.first?["stale"] as? Bool == false)
    #expect(try program.call("cache", "show", "other.example.org").output == "nothing is held\n")
    for words in ["www.example.org", "example.org --below", "--all"] {
      _ = try program.ask("www.example.org")
      let before = program.upstream.received.count
      _ = try program.ask("www.example.org")
      #expect(program.upstream.received.count == before)
      let flushed = try program.call("cache", "flush", words)
      #expect(flushed.output == "1 response forgotten\n")
      _ = try program.ask("www.example.org")
      #expect(program.upstream.received.count == before + 1)
    }
  }

  @Test("a restart keeps the cache where cache.file says, and a file that is none is said and left out")
  func restart() throws {
    let program = try Program(more: "cache:\n  file: cache.snk")
    try program.start()
    _ = try program.ask("www.example.org")
    program.signal(SIGTERM)
    #expect(program.ended(within: 5) == 0, "\(program.text)")
    let before = program.upstream.received.count
    try program.start()
    #expect(program.text.contains("event=cache_restored responses=1"), "\(program.text)")
    #expect(try program.ask("www.example.org")?.answers.count == 1)
    #expect(program.upstream.received.count == before)
    program.signal(SIGKILL)
    _ = program.ended(within: 5)
    try program.write("no cache", to: "cache.snk")
    try program.start()
    #expect(program.text.contains("event=cache_not_restored"), "\(program.text)")
    #expect(program.text.contains("it is no saved cache"), "\(program.text)")
    #expect(try program.ask("www.example.org")?.answers.count == 1)
    #expect(program.upstream.received.count == before + 1)
  }
}
