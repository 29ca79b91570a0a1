import Foundation
import SinkholeTransports
import Support
import Testing

/// A response that brings no list, and what it is told to be.
struct Refused: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: FetchFailure.Code
  var maximumSize = RemoteSource.defaultSize
  let steps: [ListServer.Step]

  private static let zeros = "0.example.org\n" + String(repeating: "0", count: 2_000_000)

  static let all: [Refused] =
    statuses + bodies + [
      Refused(
        testDescription: "a body shorter than its length", code: .truncated,
        steps: [Reply.head(["Content-Length: 1000"]), .send(Lab.list(5))]),
      Refused(
        testDescription: "chunks without the last", code: .truncated,
        steps: [Reply.head(["Transfer-Encoding: chunked"]), .send("a\r\na.example\n\r\n")]),
      Refused(
        testDescription: "a body without length that TLS does not end", code: .truncated,
        steps: [Reply.head([]), .send(Lab.list(5)), .cut]),
      Refused(
        testDescription: "a body with a length that TLS does not end", code: .truncated,
        steps: [Reply.head(["Content-Length: 1000"]), .send(Lab.list(5)), .cut]),
      Refused(
        testDescription: "too long, and announced", code: .tooLarge, maximumSize: 1000,
        // The body never comes: the announcement is enough.
        steps: [Reply.head(["Content-Length: 1001"]), .stall]),
      Refused(
        testDescription: "too long, in chunks without end", code: .tooLarge, maximumSize: 1000,
        steps: [
          Reply.head(["Transfer-Encoding: chunked"]),
          .send("3e8\r\n" + String(repeating: "a", count: 1000) + "\r\n"), .send("1\r\na\r\n"), .stall,
        ]),
      Refused(
        testDescription: "too long, once it is unpacked", code: .tooLarge, maximumSize: 1000,
        steps: packed(Lab.list(1000), "gzip -c")),
      Refused(
        testDescription: "more than a hundredfold packed", code: .overcompressed, steps: packed(zeros, "gzip -c")),
      Refused(
        testDescription: "half of a gzip file", code: .truncated,
        steps: packed(Lab.list(5000), "gzip -c | head -c 5000")),
      Refused(
        testDescription: "gzip with something behind it", code: .malformed,
        steps: packed(Lab.list(5), "gzip -c; echo more")),
      Refused(
        testDescription: "gzip that is none", code: .malformed, steps: packed(Lab.list(5), "cat")),
      Refused(
        testDescription: "a coding that was not offered", code: .encoding,
        steps: Reply.whole("200 OK", Lab.list(5), "Content-Encoding: br")),
      Refused(
        testDescription: "two codings", code: .encoding,
        steps: Reply.whole("200 OK", Lab.list(5), "Content-Encoding: gzip, gzip")),
      Refused(testDescription: "nothing", code: .connection, steps: []),
      Refused(testDescription: "half of a head", code: .connection, steps: [.send("HTTP/1.1 200 OK\r\nETag: ")]),
      Refused(
        testDescription: "a head without end", code: .malformed,
        steps: [
          .send("HTTP/1.1 200 OK\r\n"), .many("X-More: \(String(repeating: "x", count: 1000))\r\n", 1000), .stall,
        ]),
      Refused(testDescription: "another protocol", code: .malformed, steps: [.send("220 mail.example.org ESMTP\r\n")]),
    ]

  private static let statuses =
    [
      "403 Forbidden", "404 Not Found", "410 Gone", "429 Too Many Requests", "500 Internal Server Error",
      "204 No Content",
      "206 Partial Content",
    ].map { status in
      Refused(testDescription: status, code: .status, steps: Reply.whole(status, Lab.list(9)))
    } + [
      Refused(testDescription: "a circle of redirects", code: .redirect, steps: Reply.redirect("/list")),
      Refused(
        testDescription: "a redirect to http", code: .redirect, steps: Reply.redirect("http://127.0.0.1/list")),
      Refused(
        testDescription: "a redirect to a file", code: .redirect, steps: Reply.redirect("file:///etc/passwd")),
      Refused(
        testDescription: "a redirect to a user name", code: .redirect,
        steps: Reply.redirect("https://user@127.0.0.1/list")),
      Refused(
        testDescription: "a redirect that is too long", code: .redirect,
        steps: Reply.redirect("/" + String(repeating: "a", count: 2048))),
      Refused(testDescription: "a redirect to nowhere", code: .redirect, steps: Reply.whole("302 Found")),
    ]

  private static let bodies = [
    ("an empty body", FetchFailure.Code.empty, ""),
    ("white space", .empty, " \r\n\t\n"),
    ("a byte order mark", .empty, "\u{FEFF}\n"),
    ("comments", .empty, "# nothing today\n# really\n"),
    ("a page", .markup, "<!DOCTYPE html>\n<html><body>Service unavailable</body></html>\n"),
    ("a page in capitals below blank lines", .markup, "\r\n\r\n  <HTML>"),
    ("a page behind a byte order mark", .markup, "\u{FEFF}<html>"),
    ("an error in XML", .markup, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
    ("a NUL octet", .binary, "0.example.org\n\0\n"),
    ("an object of JSON", .inspection, "{ \"message\": \"rate limit\" }\n"),
  ].map { Refused(testDescription: $0, code: $1, steps: Reply.whole("200 OK", $2)) }

  private static func packed(_ text: String, _ command: String) -> [ListServer.Step] {
    // A script that cannot be made fails the test by what is then sent.
    let octets = (try? Packed.run(text, command)) ?? []
    return Reply.whole(octets: octets, fields: ["Content-Encoding: gzip"])
  }
}

@Suite("a list that does not come", .timeLimit(.minutes(2)))
struct RefusalTests {
  @Test("leaves the last good copy as it is, and says why", arguments: Refused.all)
  func kept(_ refused: Refused) async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in
      number == 0 ? Reply.whole("200 OK", Lab.list(9), "ETag: \"v1\"") : refused.steps
    }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 9))
      let (list, metadata) = (lab.stored(), lab.metadata())
      let outcome = await lab.fetch(try lab.source(server.url(), maximumSize: refused.maximumSize))
      #expect(outcome.isKept)
      #expect(outcome.failure?.code == refused.code, "\(outcome)")
      #expect(lab.stored() == list)
      #expect(lab.metadata() == metadata)
      #expect(lab.files == [".lock", "test.list", "test.meta"])
    }
  }

  @Test("is missing where there is no good copy, and nothing stays in the folder", arguments: Refused.all)
  func missing(_ refused: Refused) async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in refused.steps }) { server in
      let outcome = await lab.fetch(try lab.source(server.url(), maximumSize: refused.maximumSize))
      #expect(outcome.isMissing)
      #expect(outcome.failure?.code == refused.code, "\(outcome)")
      #expect(lab.files == [".lock"])
    }
  }

  @Test("a 304 that nobody asked for is no list")
  func unasked() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in Reply.whole("304 Not Modified") }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source).failure?.code == .status)
    }
  }

  @Test("six redirects are too many, and the seventh request is never sent")
  func redirects() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { number, _ in Reply.redirect("/\(number)") }) { server in
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source).failure?.code == .redirect)
      #expect(server.requests.count == 6)
    }
  }

  @Test(
    "a server that nobody trusted vouches for is not believed",
    arguments: [
      (Identity.otherName, "is for another name"), (.expired, "no trusted certificate"),
      (.untrusted, "no trusted certificate"),
    ])
  func certificates(_ identity: Identity, text: String) async throws {
    let lab = try Lab()
    try await ListServer.run(identity, script: { _, _ in Reply.whole("200 OK", Lab.list(9)) }) { server in
      let outcome = await lab.fetch(try lab.source(server.url()))
      #expect(outcome.failure?.code == .certificate)
      #expect(outcome.failure?.description.contains(text) == true, "\(outcome)")
      #expect(server.requests == [])
    }
  }

  @Test("a server without TLS, and certificates that are not there, are told from each other")
  func noTLS() async throws {
    let lab = try Lab()
    try await ListServer.run(.plain, script: { _, _ in Reply.whole("200 OK", Lab.list(9)) }) { server in
      let url = "https://127.0.0.1:\(server.port)/list"
      let outcome = await lab.fetch(try lab.source(url))
      #expect(outcome.failure?.code == .certificate)
      #expect(outcome.failure?.description.contains("no TLS with 127.0.0.1:\(server.port)") == true, "\(outcome)")
      let missing = await lab.fetch(try lab.source(url, trustRoots: "/nonexistent/ca.pem"))
      #expect(missing.failure?.description.contains("file of trusted certificates") == true, "\(missing)")
      // Plain HTTP, where it is allowed.
      let source = try lab.source(server.url())
      #expect(await lab.fetch(source) == .replaced(entries: 9))
    }
  }

  @Test("the file of trusted certificates is read at every fetch")
  func newRoots() async throws {
    let lab = try Lab()
    let file = lab.folder + "/roots.pem"
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", Lab.list(9)) }) { server in
      let source = try lab.source(server.url(), trustRoots: file)
      try FileManager.default.copyItem(atPath: Authority.stranger.get().file, toPath: file)
      #expect(await lab.fetch(source).failure?.code == .certificate)
      try FileManager.default.removeItem(atPath: file)
      try FileManager.default.copyItem(atPath: Authority.trusted.get().file, toPath: file)
      #expect(await lab.fetch(source) == .replaced(entries: 9))
    }
  }

  @Test("without roots of its own a source trusts those of the system")
  func systemRoots() async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", Lab.list(9)) }) { server in
      let source = try RemoteSource(name: "test", url: server.url())
      #expect(await lab.fetch(source).failure?.code == .certificate)
    }
  }

  @Test("a refused connection is known at once")
  func refused() async throws {
    let lab = try Lab()
    let closed = ClosedPort()
    let began = ContinuousClock.now
    let outcome = await lab.fetch(try lab.source("https://127.0.0.1:\(closed.number)/list"))
    #expect(outcome.failure?.code == .connection)
    #expect(outcome.failure?.description.contains("Connection refused") == true, "\(outcome)")
    #expect(began.duration(to: .now) < .seconds(5))
    withExtendedLifetime(closed) {}
  }

  @Test("a host that does not exist is no address")
  func noHost() async throws {
    let lab = try Lab()
    let outcome = await lab.fetch(try lab.source("https://lists.invalid/list"))
    #expect(outcome.failure?.code == .connection)
    #expect(outcome.failure?.description.contains("lists.invalid") == true, "\(outcome)")
  }

  @Test(
    "the timeout holds for the whole transfer",
    arguments: [
      "silent before TLS", "silent before the head", "silent in the body", "an octet now and then",
      "the same in a page that is redirected",
    ])
  func timeout(_ manner: String) async throws {
    let lab = try Lab()
    let head = Reply.head(["Content-Length: 100000"])
    let identity: Identity = manner == "silent before TLS" ? .silent : .right
    try await ListServer.run(
      identity,
      script: { number, _ in
        switch manner {
        case "silent before the head": [.stall]
        case "silent in the body": [head, .send("a.example\n"), .stall]
        case "an octet now and then": [head, .drip]
        case "the same in a page that is redirected": number == 0 ? Reply.redirect("/slow") : [head, .drip]
        default: [.stall]
        }
      }
    ) { server in
      let began = ContinuousClock.now
      let url = "https://127.0.0.1:\(server.port)/list"
      let outcome = await lab.fetch(try lab.source(url, timeout: .milliseconds(700)))
      #expect(outcome.failure?.code == .timeout, "\(outcome)")
      #expect(began.duration(to: .now) < .seconds(5))
      #expect(lab.files == [".lock"])
    }
  }

  @Test("a bomb of one gibibyte ends early, with little memory")
  func bomb() async throws {
    let lab = try Lab()
    let octets = try await Packed.bomb()
    #expect(octets.count > 1_000_000)
    try await ListServer.run(script: { _, _ in
      Reply.whole(octets: octets, fields: ["Content-Encoding: gzip"])
    }) { server in
      let source = try lab.source(server.url(), maximumSize: RemoteSource.largestSize)
      let before = Memory.resident
      Memory.resetPeak()
      let began = ContinuousClock.now
      let outcome = await lab.fetch(source)
      let time = began.duration(to: .now)
      #expect(outcome.failure?.code == .overcompressed, "\(outcome)")
      #expect(time < .seconds(5))
      // Beside other tests, which have their own.
      let grown = Memory.peak - before
      #expect(grown < 128 << 20)
    }
  }

  @Test("given up, a fetch ends at once and leaves nothing", arguments: [ListServer.Step.stall, .drip])
  func cancelled(_ step: ListServer.Step) async throws {
    let lab = try Lab()
    try await ListServer.run(script: { _, _ in
      [Reply.head(["Content-Length: 100000"]), .send("a.example\n"), step]
    }) { server in
      let source = try lab.source(server.url())
      let task = Task { await lab.fetch(source) }
      try await eventually { lab.files.contains("test.list.part") }
      let began = ContinuousClock.now
      task.cancel()
      #expect(await task.value.failure?.code == .cancelled)
      #expect(began.duration(to: .now) < .seconds(2))
      #expect(lab.files == [".lock"])
    }
  }
}

/// A port on which nobody listens: bound, so that nobody else gets it meanwhile.
final class ClosedPort: Sendable {
  private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  let number: UInt16

  init() {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, length)
        getsockname(descriptor, $0, &length)
      }
    }
    number = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }
}

/// Of this process, in octets.
enum Memory {
  static var resident: Int { field("VmRSS") }
  static var peak: Int { field("VmHWM") }

  static func resetPeak() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

  private static func field(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}
