import Foundation
import SinkholeTransports
import Support
import Testing

@Suite("a kill", .serialized, .timeLimit(.minutes(3)))
struct KillTests {
  @Test("at whatever moment leaves one list, whole, and a store that works", arguments: 0..<20)
  func anywhere(_ round: Int) async throws {
    let folder = try Peer.folder() + "/lists"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Two lists that take each other's place as fast as it goes. The same number of entries, another size.
    let lists = [Lab.list(20_000, "one"), Lab.list(20_000, "another")]
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", lists[number % 2], "ETag: \"v\(number % 2)\"")
    }) { server in
      let url = server.url()
      let roots = try Authority.trusted.get().file
      // Microseconds after the first list stands. A fetch takes some 10 to 20 ms.
      let delay = 1 + round * 2617
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, url = url as String, roots = roots as String, delay = delay as Int] in
        let source = try RemoteSource(name: "test", url: url, trustRoots: roots)
        let fetcher = ListFetcher(store: try SourceStore(folder: folder))
        _ = await fetcher.fetch(source) { _ in .entries(20_000) }
        Thread.detachNewThread {
          usleep(UInt32(delay))
          kill(getpid(), SIGKILL)
        }
        while true { _ = await fetcher.fetch(source) { _ in .entries(20_000) } }
      }

      // Its lock is gone with it, and so are its unfinished files.
      let store = try SourceStore(folder: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!names.contains { $0.hasSuffix(".part") }, "\(names)")
      let source = try RemoteSource(name: "test", url: url, trustRoots: roots)
      let list = try #require(store.folder.list(of: source))
      let text = try String(contentsOfFile: list.path, encoding: .utf8)
      #expect(lists.contains(text))
      // Metadata that is believed speaks of this list and no other.
      if let tag = list.metadata?.validators.entityTag { #expect(text == lists[tag == "\"v0\"" ? 0 : 1]) }
      let outcome = await ListFetcher(store: store).fetch(source, inspect: Lab.inspect)
      #expect(outcome.failure == nil)
    }
  }
}
