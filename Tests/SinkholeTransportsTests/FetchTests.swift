import Foundation
import SinkholeTransports
import Support
import Testing

@Suite("a list that comes", .timeLimit(.minutes(2)))
struct FetchTests {
  @Test("it is stored, and asked for with its validators from then on")
  func conditional() async throws {
    let lab = try Lab()
    let date = "Wed, 04 Mar 2026 08:00:00 GMT"
    try await ListServer.run(script: { number, _ in
      number == 0
        ? Reply.whole("200 OK", Lab.list(3), "ETag: \"v1\"", "Last-Modified: \(date)")
        : Reply.whole("304 Not Modified", "", "ETag: \"v1\"")
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 3))
      #expect(lab.stored() == Lab.list(3))
      lab.clock.advance(3600)
      #expect(await lab.fetch(source) == .unchanged)
      #expect(lab.stored() == Lab.list(3))
      #expect(lab.files == [".lock", "test.list", "test.meta"])

      let (first, second) = (server.requests[0], server.requests[1])
      #expect(first.hasPrefix("GET /list HTTP/1.1\r\n"))
      #expect(first.contains("\r\nUser-Agent: sinkhole\r\n"))
      #expect(!first.contains("If-"))
      #expect(second.contains("\r\nIf-None-Match: \"v1\"\r\n"))
      #expect(second.contains("\r\nIf-Modified-Since: \(date)\r\n"))
      let metadata = try #require(lab.store.folder.list(of: source)?.metadata)
      #expect(metadata.fetched == lab.clock.now - 3600)
      #expect(metadata.checked == lab.clock.now)
      #expect(metadata.entries == 3)
    }
  }

  @Test("a changed list takes the place of the one before, with its own validators")
  func changed() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", Lab.list(3 + number), "ETag: \"v\(number)\"")
    }) { server in
      let source = try lab.source(server.url())
      for entries in 3...5 {
        #expect(await lab.fetch(source) == .replaced(entries: entries))
        #expect(lab.stored() == Lab.list(entries))
      }
      #expect(server.requests[2].contains("If-None-Match: \"v1\"\r\n"))
    }
  }

  @Test("the same list once more is no change, though its server knows no validators")
  func same() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", Lab.list(3)) }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 3))
      let fetched = lab.clock.now
      lab.clock.advance(60)
      #expect(await lab.fetch(source) == .unchanged)
      let metadata = try #require(lab.store.folder.list(of: source)?.metadata)
      #expect(metadata.fetched == fetched)
      #expect(metadata.checked == fetched + 60)
      #expect(lab.files == [".lock", "test.list", "test.meta"])
    }
  }

  @Test("after a change of the URL the copy stays, but its validators and its length count no more")
  func moved() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      switch number {
      case 0: Reply.whole("200 OK", Lab.list(100), "ETag: \"v1\"")
      case 1: Reply.whole("503 Service Unavailable")
      default: Reply.whole("200 OK", Lab.list(2), "ETag: \"v1\"")
      }
    }) { server in
      #expect(await lab.fetch(try lab.source(server.url("/old"))) == .replaced(entries: 100))
      let source = try lab.source(server.url("/new"))
      #expect(await lab.fetch(source).isKept)
      #expect(lab.store.folder.list(of: source) != nil)
      #expect(!server.requests[1].contains("If-None-Match"))
      #expect(await lab.fetch(source) == .replaced(entries: 2))
      #expect(!server.requests[2].contains("If-None-Match"))
    }
  }

  @Test("a compressed list is stored as the list it is", arguments: ["gzip", "GZIP", "deflate", "identity"])
  func compressed(_ coding: String) async throws {
    let lab = try Lab()
    let text = Lab.list(5000)
    let body =
      switch coding.lowercased() {
      case "gzip": try Packed.gzip(text)
      case "deflate": try Packed.zlib(text)
      default: Array(text.utf8)
      }
    try await ListServer.run(script: { _, _ in
      Reply.whole(octets: body, fields: ["Content-Encoding: \(coding)"])
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 5000))
      #expect(lab.stored() == text)
      #expect(server.requests[0].contains("Accept-Encoding: gzip, deflate\r\n"))
    }
  }

  @Test("a body in chunks, and one that ends with the connection, are whole bodies")
  func framing() async throws {
    for fields in [["Transfer-Encoding: chunked"], []] {
      let lab = try Lab()
      try await ListServer.run(script: { _, _ in
        let body = fields.isEmpty ? "a.example\nb.example\n" : "a\r\na.example\n\r\nA\r\nb.example\n\r\n0\r\n\r\n"
        return [Reply.head(fields), .send(body)]
      }) { server in
        let source = try lab.source(server.url())
        #expect(await lab.fetch(source) == .replaced(entries: 2))
        #expect(lab.stored() == "a.example\nb.example\n")
      }
    }
  }

  @Test(
    "five redirects are followed, wherever Location points to",
    arguments: [
      ("/two", "/two"), ("two", "/a/two"), ("../two?x=1", "/two?x=1"), ("?page=2", "/a/one?page=2"),
      ("//127.0.0.1:PORT/two", "/two"), ("https://127.0.0.1:PORT/two#part", "/two"),
    ])
  func redirects(location: String, target: String) async throws {
    let lab = try Lab()
    let statuses = ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    try await ListServer.run(script: { number, head in
      guard number < 5 else { return Reply.whole("200 OK", Lab.list(2)) }
      let port = head.firstMatch(of: /host: 127.0.0.1:(\d+)/.ignoresCase()).map { String($0.1) } ?? ""
      return Reply.redirect(
        number < 4 ? "/a/one" : location.replacing("PORT", with: port), statuses[number])
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 2))
      #expect(server.requests.last?.hasPrefix("GET \(target) HTTP/1.1") == true)
    }
  }

  @Test("a list of exactly the largest size is taken")
  func largest() async throws {
    let lab = try Lab()
    let text = Lab.list(50)
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", text) }) { server in
      let source = try lab.source(server.url(), maximumSize: text.utf8.count)
      #expect(await lab.fetch(source) == .replaced(entries: 50))
      let small = try lab.source(server.url(), name: "small", maximumSize: text.utf8.count - 1)
      #expect(await lab.fetch(small).failure?.code == .tooLarge)
    }
  }

  @Test("a long list passes through little memory")
  func long() async throws {
    let lab = try Lab()
    let (line, lines, blocks) = ("0123456789.0123456789.example.org\n", 1000, 6000)
    try await ListServer.run(script: { _, _ in
      [
        Reply.head(["Content-Length: \(line.utf8.count * lines * blocks)"]),
        .many(String(repeating: line, count: lines), blocks),
      ]
    }) { server in
      let source = try lab.source(server.url(), maximumSize: RemoteSource.largestSize)
      let before = Memory.resident
      Memory.resetPeak()
      let outcome = await lab.fetcher.fetch(source) { _ in .entries(lines * blocks) }
      #expect(outcome == .replaced(entries: lines * blocks))
      // Of 189 MiB that came. The server and the other tests are in it too.
      let grown = Memory.peak - before
      #expect(grown < 96 << 20)
    }
  }

  @Test("validators that would not fit into a line are not kept")
  func longValidators() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in
      Reply.whole("200 OK", Lab.list(2), "ETag: \"\(String(repeating: "x", count: 1025))\"")
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 2))
      #expect(lab.store.folder.list(of: source)?.metadata?.validators == Validators.none)
    }
  }
}

/// Compressed octets, by programs of others.
enum Packed {
  static func gzip(_ text: String) throws -> [UInt8] { try run(text, "gzip -c") }

  static func zlib(_ text: String) throws -> [UInt8] {
    try run(text, "python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))'")
  }

  /// A gibibyte of one digit, in a mebibyte. Made on a thread of its own: it takes some seconds.
  static func bomb() async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result { try run("", "head -c 1073741824 /dev/zero | tr '\\0' 0 | gzip -9") })
      }
    }
  }

  /// What `command` makes of `text`.
  static func run(_ text: String, _ command: String) throws -> [UInt8] {
    let folder = try Peer.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/in", atomically: true, encoding: .utf8)
    let result = try Command.run("sh", "-c", "( \(command) ) < '\(folder)/in' > '\(folder)/out'")
    guard result.status == 0 else { throw Authority.Failure(text: result.errors) }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/out")))
  }
}
