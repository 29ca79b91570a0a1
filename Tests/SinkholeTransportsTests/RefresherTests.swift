import Foundation
import Logging
import ServiceLifecycle
import SinkholeTransports
import Support
import Synchronization
import Testing

@Suite("the refresher", .timeLimit(.minutes(2)))
struct RefresherTests {
  /// A refresher, what it logged, and whom it told.
  final class Bench: Sendable {
    let lab: Lab
    let log = LogBox()
    private let told = Mutex<[String]>([])
    private let made = Mutex<ListRefresher?>(nil)

    var changes: [String] { told.withLock { $0 } }

    init(_ lab: Lab) { self.lab = lab }

    func refresher(_ sources: [RemoteSource], limit: Int = 4) -> ListRefresher {
      ListRefresher(
        sources: sources, fetcher: lab.fetcher, limit: limit, time: lab.clock.source, spread: { 0 }, logger: log.logger,
        inspect: { _, path in await Lab.inspect(path) }, onChange: { name in self.told.withLock { $0.append(name) } })
    }

    /// Runs it as a service while `body` looks on; then a graceful shutdown.
    func run(_ refresher: ListRefresher, _ body: @Sendable () async throws -> Void) async throws {
      let group = ServiceGroup(
        services: [refresher], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
          try await body()
        } catch {
          await group.triggerGracefulShutdown()
          throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
  }

  @Test("it fetches at start, after each interval, and tells of what is new")
  func interval() async throws {
    let bench = Bench(try Lab())
    try await ListServer.run(script: { number, head in
      if head.contains("If-None-Match: \"v1\"") && number == 1 { return Reply.whole("304 Not Modified") }
      return Reply.whole("200 OK", Lab.list(number == 0 ? 3 : 4), "ETag: \"v1\"")
    }) { server in
      let refresher = bench.refresher([try bench.lab.source(server.url())])
      try await bench.run(refresher) {
        try await eventually { bench.log.lines.count == 1 }
        bench.lab.clock.advance(3599)
        // Not yet. A look or two pass.
        try await Task.sleep(for: .milliseconds(50))
        #expect(server.requests.count == 1)
        bench.lab.clock.advance(1)
        try await eventually { bench.log.lines.count == 2 }
        bench.lab.clock.advance(3600)
        try await eventually { bench.log.lines.count == 3 }
      }
      #expect(
        bench.log.lines == [
          "info event=list_replaced source=test entries=3", "debug event=list_unchanged source=test",
          "info event=list_replaced source=test entries=4",
        ])
      #expect(bench.changes == ["test", "test"])
    }
  }

  @Test("a restart does not ask again before it is time")
  func restart() async throws {
    let bench = Bench(try Lab())
    try await ListServer.run(script: { number, _ in Reply.whole("200 OK", Lab.list(3 + number)) }) { server in
      let source = try bench.lab.source(server.url())
      #expect(await bench.lab.fetch(source) == .replaced(entries: 3))
      bench.lab.clock.advance(3599)
      try await bench.run(bench.refresher([source])) {
        try await Task.sleep(for: .milliseconds(50))
        #expect(server.requests.count == 1)
        bench.lab.clock.advance(1)
        try await eventually { bench.changes == ["test"] }
      }
      // From another place it is asked for at once.
      try await bench.run(bench.refresher([try bench.lab.source(server.url("/new"))])) {
        try await eventually { bench.changes == ["test", "test"] }
      }
    }
  }

  @Test("a failure is logged, tried again after a minute, then two, and forgotten after a success")
  func failures() async throws {
    let bench = Bench(try Lab())
    try await ListServer.run(script: { number, _ in
      switch number {
      case 0, 1: Reply.whole("404 Not Found")
      case 3: Reply.whole("200 OK", "<html>")
      default: Reply.whole("200 OK", Lab.list(3))
      }
    }) { server in
      let refresher = bench.refresher([try bench.lab.source(server.url())])
      try await bench.run(refresher) {
        for (count, wait) in [(1, 60), (2, 120), (3, 3600), (4, 60)] {
          try await eventually { bench.log.lines.count == count }
          let status = try #require(await refresher.status().first)
          #expect(status.due == bench.lab.clock.now + wait)
          #expect((status.path == nil) == (count < 3))
          #expect(status.failures == [1, 2, 0, 1][count - 1])
          #expect(status.failure?.code == [.status, .status, nil, .markup][count - 1])
          #expect(status.entries == (count < 3 ? nil : 3))
          #expect(status.age == (count < 3 ? nil : count == 3 ? 0 : 3600))
          bench.lab.clock.advance(wait)
        }
      }
      let status = "code=status reason=\"the server answered 404, expected 200\""
      #expect(
        bench.log.lines.prefix(4) == [
          "error event=list_missing source=test \(status) retry=60s",
          "error event=list_missing source=test \(status) retry=120s", "info event=list_replaced source=test entries=3",
          "warning event=list_kept source=test code=markup reason=\"begins with <, expected a list: a page of HTML or XML\" retry=60s",
        ])
    }
  }

  @Test("no more than the limit are fetched at once, and all come to their turn")
  func limit() async throws {
    let bench = Bench(try Lab())
    let open = Mutex((now: 0, most: 0))
    try await ListServer.run(script: { _, _ in
      open.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      return Reply.whole("200 OK", Lab.list(3))
    }) { server in
      let sources = try (0..<12).map { try bench.lab.source(server.url("/\($0)"), name: "s\($0)") }
      let refresher = ListRefresher(
        sources: sources, fetcher: bench.lab.fetcher, limit: 3, time: bench.lab.clock.source, logger: bench.log.logger,
        inspect: { _, path in
          // Long enough that more would overlap if they could.
          try? await Task.sleep(for: .milliseconds(20))
          open.withLock { $0.now -= 1 }
          return await Lab.inspect(path)
        }, onChange: { _ in })
      try await bench.run(refresher) {
        try await eventually { bench.log.lines.count == 12 }
      }
      #expect(open.withLock { $0.most } <= 3)
      #expect(Set(bench.log.lines).count == 12)
    }
  }

  @Test("graceful shutdown does not wait for a slow server", arguments: [Identity.silent, .right])
  func shutdown(_ identity: Identity) async throws {
    let bench = Bench(try Lab())
    try await ListServer.run(
      identity,
      script: { _, _ in
        [Reply.head(["Content-Length: 100000"]), .drip]
      }
    ) { server in
      let source = try bench.lab.source("https://127.0.0.1:\(server.port)/", timeout: .seconds(60))
      let began = Mutex(ContinuousClock.now)
      try await bench.run(bench.refresher([source])) {
        if identity == .right {
          try await eventually { bench.lab.files.contains("test.list.part") }
        } else {
          try await Task.sleep(for: .milliseconds(200))
        }
        began.withLock { $0 = .now }
      }
      #expect(began.withLock { $0 }.duration(to: .now) < .seconds(2))
      #expect(bench.lab.files == [".lock"])
      #expect(bench.log.lines == [])
    }
  }

  @Test("by hand a source is fetched at once, and those who ask meanwhile get the same outcome")
  func byHand() async throws {
    let bench = Bench(try Lab())
    try await ListServer.run(script: { number, _ in
      Reply.whole("200 OK", Lab.list(number == 0 ? 100 : 3))
    }) { server in
      let refresher = bench.refresher([try bench.lab.source(server.url())])
      #expect(await refresher.refresh(name: "other") == nil)
      let outcomes = await withTaskGroup(of: FetchOutcome?.self) { tasks in
        for _ in 0..<5 { tasks.addTask { await refresher.refresh(name: "test") } }
        return await tasks.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count == 5)
      #expect(outcomes.contains(.replaced(entries: 100)))
      #expect(await refresher.refresh(name: "test")?.failure?.code == .shrunk)
      #expect(await refresher.refresh(name: "test", acceptingShrink: true) == .replaced(entries: 3))
      #expect(await refresher.status().first?.failures == 0)
    }
  }

  @Test("other sources take the place of those before while it runs; the files of one that goes stay")
  func replace() async throws {
    let bench = Bench(try Lab())
    try await ListServer.run(script: { _, _ in Reply.whole("200 OK", Lab.list(3)) }) { server in
      let (one, two) = (
        try bench.lab.source(server.url(), name: "one"), try bench.lab.source(server.url(), name: "two")
      )
      let refresher = bench.refresher([one])
      try await bench.run(refresher) {
        try await eventually { bench.changes == ["one"] }
        await refresher.replace([two])
        try await eventually { bench.changes == ["one", "two"] }
        await refresher.replace([one, two])
        #expect(await refresher.status().map(\.name) == ["one", "two"])
        #expect(await refresher.status().allSatisfy { $0.entries == 3 })
      }
      #expect(server.requests.count == 2)
      #expect(bench.lab.files == [".lock", "one.list", "one.meta", "two.list", "two.meta"])
    }
  }
}

/// The lines that were logged, each with its level.
final class LogBox: Sendable {
  private let stored = Mutex<[String]>([])
  var lines: [String] { stored.withLock { $0 } }

  var logger: Logger {
    Logger(label: "lists") { _ in Handler(box: self) }
  }

  private struct Handler: LogHandler {
    let box: LogBox
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      box.stored.withLock { $0.append("\(event.level) \(event.message)") }
    }
  }
}
