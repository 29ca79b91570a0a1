import Foundation
import SinkholeTransports
import Support
import Testing

@Suite("the store", .timeLimit(.minutes(2)))
struct StoreTests {
  /// Whether a file system can be mounted here, as root mostly can.
  static let canMount: Bool = {
    guard let folder = try? Peer.folder(),
      (try? Command.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder))?.status == 0
    else { return false }
    return (try? Command.run("umount", folder))?.status == 0
  }()

  @Test("a second store on the folder is told who has it, until the first ends")
  func second() throws {
    let folder = try Peer.folder()
    do {
      let first = try SourceStore(folder: folder)
      let error = #expect(throws: StoreError.self) { try SourceStore(folder: folder) }
      #expect(error?.code == .held)
      #expect(
        error?.description
          == "the folder \(folder) is in use by another process (pid \(getpid())). Stop it, or choose another folder.")
      // Another program is held off as well.
      #expect(try Command.run("flock", "-n", folder + "/.lock", "true").status == 1)
      withExtendedLifetime(first) {}
    }
    #expect(throws: Never.self) { try SourceStore(folder: folder) }
    #expect(try Command.run("flock", "-n", folder + "/.lock", "true").status == 0)
  }

  @Test("a folder that others may write in is refused", arguments: [0o777, 0o775, 0o1777, 0o722])
  func exposed(_ mode: Int) throws {
    let folder = try Peer.folder()
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
    let error = #expect(throws: StoreError.self) { try SourceStore(folder: folder) }
    #expect(error?.code == .exposed)
  }

  @Test("a folder of another user is refused", .enabled(if: geteuid() == 0))
  func foreign() throws {
    let folder = try Peer.folder()
    #expect(chown(folder, 65_534, 65_534) == 0)
    let error = #expect(throws: StoreError.self) { try SourceStore(folder: folder) }
    #expect(error?.code == .exposed)
  }

  @Test("a missing folder is made, for its user alone; a missing parent is an error")
  func made() throws {
    let folder = try Peer.folder() + "/lists"
    _ = try SourceStore(folder: folder)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    let error = #expect(throws: StoreError.self) { try SourceStore(folder: folder + "/a/b") }
    #expect(error?.code == .system(ENOENT))
    try "x".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
    #expect(throws: StoreError.self) { try SourceStore(folder: folder + "/file") }
  }

  @Test("what a kill has left half written goes at the next opening, and nothing else does")
  func leftovers() throws {
    let folder = try Peer.folder()
    for name in ["a.list.part", "a.meta.part", "a.list", "a.meta", "notes.part"] {
      try "x".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    _ = try SourceStore(folder: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == [".lock", "a.list", "a.meta", "notes.part"])
  }

  /// What becomes of metadata; nil removes it.
  static let spoilt: [(String, @Sendable (String) -> String?)] = [
    ("removed", { _ in nil }),
    ("empty", { _ in "" }),
    ("cut off", { String($0.dropLast(4)) }),
    ("without its last line end", { String($0.dropLast()) }),
    ("of another form", { $0.replacing("sinkhole list 1", with: "sinkhole list 2") }),
    ("with an unknown key", { $0 + "colour=blue\n" }),
    ("with a key twice", { $0 + "entries=3\n" }),
    ("with a line without a key", { $0 + "\n" }),
    ("without its URL", { $0.replacing(/url=.*\n/, with: "") }),
    ("with a number that has a sign", { $0.replacing("entries=3", with: "entries=+3") }),
    ("with a number beyond all bounds", { $0.replacing("entries=3", with: "entries=99999999999999999999") }),
    ("with no entries", { $0.replacing("entries=3", with: "entries=0") }),
    ("for a list of another size", { $0.replacing(/size=\d+/, with: "size=1") }),
    ("for a list of another time", { $0.replacing(/modified=\d+/, with: "modified=1") }),
    ("with octets that are no text", { $0.replacing("etag=\"v1\"", with: "etag=\u{0007}") }),
    ("too long", { $0 + String(repeating: "x", count: 9000) + "\n" }),
  ]

  @Test(
    "metadata that does not belong to its list is ignored: the list stays, the next fetch has no condition",
    arguments: spoilt)
  func metadata(_ name: String, spoil: @Sendable (String) -> String?) async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", Lab.list(3), "ETag: \"v1\"") }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 3))
      let text = try #require(lab.metadata())
      if let text = spoil(text) {
        try lab.write(metadata: text)
      } else {
        try FileManager.default.removeItem(atPath: lab.folder + "/test.meta")
      }
      let list = try #require(lab.store.folder.list(of: source))
      #expect(list.metadata == nil)
      #expect(await lab.fetch(source) == .unchanged)
      #expect(!server.requests[1].contains("If-None-Match"))
      // And all is well again.
      #expect(lab.store.folder.list(of: source)?.metadata?.entries == 3)
      #expect(await lab.fetch(source) == .unchanged)
      #expect(server.requests[2].contains("If-None-Match: \"v1\"\r\n"))
    }
  }

  @Test("a kill between list and metadata costs one unconditional fetch")
  func between() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", Lab.list(number == 0 ? 3 : 4), "ETag: \"v\(number)\"")
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 3))
      let before = try #require(lab.metadata())
      #expect(await lab.fetch(source) == .replaced(entries: 4))
      // The new list with the metadata of the old one.
      try lab.write(metadata: before)
      #expect(lab.store.folder.list(of: source)?.metadata == nil)
      #expect(await lab.fetch(source) == .unchanged)
      #expect(!server.requests[2].contains("If-None-Match"))
      #expect(lab.stored() == Lab.list(4))
    }
  }

  @Test("a disk without room fails the fetch and leaves the last good copy", .enabled(if: canMount))
  func full() async throws {
    let folder = try Peer.folder()
    #expect(try Command.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder).status == 0)
    defer { _ = try? Command.run("umount", "-l", folder) }
    try await {
      let fetcher = ListFetcher(store: try SourceStore(folder: folder))
      let lab = try Lab()
      try await ListServer.run(script: { number, _ in
        // 9 KB, then more than there is room for beside them, then 40 KB: room for the list, not for its metadata.
        Reply.whole("200 OK", [Lab.list(500), Lab.list(6000), Lab.list(2000)][number])
      }) { server in
        let source = try lab.source(server.url())
        #expect(await fetcher.fetch(source, inspect: Lab.inspect) == .replaced(entries: 500))
        let outcome = await fetcher.fetch(source, inspect: Lab.inspect)
        #expect(outcome.isKept)
        #expect(outcome.failure?.code == .storage)
        #expect(outcome.failure?.description.contains("No space left on device") == true, "\(outcome)")
        #expect(try String(contentsOfFile: folder + "/test.list", encoding: .utf8) == Lab.list(500))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == [".lock", "test.list", "test.meta"])
      }
    }()
  }

  @Test("a folder that has become read-only fails the fetch loudly", .enabled(if: canMount || geteuid() != 0))
  func readOnly() async throws {
    let folder = try Peer.folder()
    defer { if StoreTests.canMount { _ = try? Command.run("umount", "-l", folder) } }
    try await {
      let fetcher = ListFetcher(store: try SourceStore(folder: folder))
      let lab = try Lab()
      try await ListServer.run(script: { number, _ in
        number == 2 ? Reply.whole("304 Not Modified") : Reply.whole("200 OK", Lab.list(3 + number), "ETag: \"v1\"")
      }) { server in
        let source = try lab.source(server.url())
        #expect(await fetcher.fetch(source, inspect: Lab.inspect) == .replaced(entries: 3))
        if StoreTests.canMount {
          // Root may write wherever the file system lets it.
          #expect(try Command.run("mount", "--bind", folder, folder).status == 0)
          #expect(try Command.run("mount", "-o", "remount,bind,ro", folder).status == 0)
        } else {
          #expect(chmod(folder, 0o500) == 0)
        }
        // A new list, and the news that there is none.
        for _ in 0..<2 {
          let outcome = await fetcher.fetch(source, inspect: Lab.inspect)
          #expect(outcome.isKept)
          #expect(outcome.failure?.code == .storage)
          #expect(try String(contentsOfFile: folder + "/test.list", encoding: .utf8) == Lab.list(3))
        }
        #expect(server.requests.count == 3)
      }
    }()
  }

  @Test("a source that is being fetched already is busy, and the first fetch comes to its end")
  func busy() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      let head = Reply.head(["Content-Length: 10"])
      return number == 0 ? [head, .send("a."), .stall] : Reply.whole("200 OK", Lab.list(3))
    }) { server in
      let source = try lab.source(server.url(), timeout: .seconds(2))
      async let first = lab.fetch(source)
      try await eventually { lab.files.contains("test.list.part") }
      #expect(await lab.fetch(source).failure?.code == .busy)
      #expect(await first.failure?.code == .timeout)
      #expect(await lab.fetch(source) == .replaced(entries: 3))
    }
  }
}
