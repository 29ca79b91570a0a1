import Foundation
import SinkholeTransports
import Testing

@Suite("a list that has shrunk", .timeLimit(.minutes(2)))
struct ShrinkTests {
  @Test(
    "half of the entries are enough, one fewer is not",
    arguments: [
      (before: 100, after: 50, taken: true), (100, 49, false), (101, 51, true), (101, 50, false), (3, 2, true),
      (3, 1, false), (2, 1, true), (1, 1, true), (10, 1000, true),
    ])
  func half(before: Int, after: Int, taken: Bool) async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", number == 0 ? Lab.list(before) : Lab.list(after, "new"))
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: before))
      let outcome = await lab.fetch(source)
      if taken {
        #expect(outcome == .replaced(entries: after))
      } else {
        #expect(outcome.isKept)
        #expect(outcome.failure?.code == .shrunk)
        #expect(lab.stored() == Lab.list(before))
      }
    }
  }

  @Test("it stays refused until somebody accepts it")
  func accepted() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", Lab.list(number == 0 ? 100 : 10))
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 100))
      #expect(await lab.fetch(source).failure?.code == .shrunk)
      #expect(await lab.fetch(source).failure?.code == .shrunk)
      #expect(await lab.fetch(source, acceptingShrink: true) == .replaced(entries: 10))
      #expect(await lab.fetch(source) == .unchanged)
    }
  }

  @Test("the last good copy is counted where its metadata is lost")
  func counted() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", Lab.list(number == 0 ? 100 : 49))
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 100))
      try FileManager.default.removeItem(atPath: lab.folder + "/test.meta")
      #expect(await lab.fetch(source).failure?.code == .shrunk)
    }
  }

  @Test("a copy that is no longer read as a list does not hold its successor back")
  func unreadable() async throws {
    let lab = try Lab()
    try "not a list at all\n".write(toFile: lab.folder + "/test.list", atomically: true, encoding: .utf8)
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", Lab.list(1)) }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 1))
    }
  }
}
