import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SinkholeWeb
import Synchronization
import Testing

/// A notice server on a free loopback port, and clients that speak to it in raw octets.
struct Harness {
  let port: Int
  let log: LogBox
  /// Begins a graceful shutdown; does not wait for its end.
  let stop: @Sendable () async -> Void

  /// Runs a server while `body` talks to it, then shuts it down gracefully and waits for its end.
  static func run(
    _ source: TableSource = .standard,
    desk: (any AccessDesk)? = nil, configuration change: (inout NoticeConfiguration) -> Void = { _ in },
    certificates: (LogBox) throws -> NoticeCertificates? = { _ in nil },
    _ body: @Sendable (Harness) async throws -> Void
  ) async throws {
    var configuration = NoticeConfiguration(
      address: "127.0.0.1", port: 0, contact: "Help desk, helpdesk@example.org",
      url: "http://notice.example.org/")
    change(&configuration)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let log = LogBox()
    let server = NoticeServer(
      configuration: configuration, source: source, desk: desk, certificates: try certificates(log), logger: log.logger,
      onListening: { listening.yield($0) })
    let group = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { listening.finish() }
        try await group.run()
      }
      // No port: the server threw, and `waitForAll` throws the same.
      if let port = await ports.first(where: { _ in true }) {
        do {
          try await body(Harness(port: port, log: log, stop: { await group.triggerGracefulShutdown() }))
        } catch {
          await group.triggerGracefulShutdown()
          throw error
        }
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// Whether this machine has an IPv6 loopback.
  static let hasIPv6 = (try? System.enumerateDevices())?.contains { $0.address?.ipAddress == "::1" } ?? false

  /// Sends `request` and returns all that comes back until the server closes.
  /// - Parameter client: A loopback address to ask from; nil leaves the choice to the system.
  func exchange(_ request: String, from client: String? = nil) async throws -> RawResponse {
    try await connect(from: client) { inbound, outbound in
      try await outbound.write(ByteBuffer(string: request))
      return RawResponse(try await Self.everything(inbound))
    }
  }

  /// A GET of `path` at `host`, of HTML unless `headers` accept something else. Header lines go in as they are.
  func get(_ host: String, path: String = "/", method: String = "GET", _ headers: String...) async throws -> RawResponse {
    try await exchange(Self.request(host, path, method, headers))
  }

  /// The same as a person's browser asks.
  func browse(_ host: String, path: String = "/", _ headers: String...) async throws -> RawResponse {
    try await exchange(Self.request(host, path, "GET", headers + ["Accept: text/html,*/*;q=0.8"]))
  }

  /// A form as a browser sends it.
  func post(_ host: String, path: String, _ body: String, _ headers: String...) async throws -> RawResponse {
    let own = ["Accept: text/html,*/*;q=0.8", "Content-Length: \(body.utf8.count)"]
    let typed = headers.contains { $0.hasPrefix("Content-Type:") }
    let type = typed ? [] : ["Content-Type: application/x-www-form-urlencoded"]
    return try await exchange(Self.request(host, path, "POST", own + type + headers) + body)
  }

  /// Expects `status` in answer to a request. (Closures whose only `try` stands within `#expect` are
  /// not taken for throwing ones, so the macro stands here.)
  func expect(
    _ status: Int, from host: String, path: String = "/", method: String = "GET", _ headers: String...,
    at place: SourceLocation = #_sourceLocation
  ) async throws {
    let response = try await exchange(Self.request(host, path, method, headers))
    #expect(response.status == status, "\(method) \(path) at \(host)", sourceLocation: place)
  }

  func expect(_ status: Int, to request: String, at place: SourceLocation = #_sourceLocation) async throws {
    let response = try await exchange(request)
    #expect(response.status == status, sourceLocation: place)
  }

  private static func request(_ host: String, _ path: String, _ method: String, _ headers: [String]) -> String {
    let accept = headers.contains { $0.hasPrefix("Accept:") } ? [] : ["Accept: text/html"]
    return (["\(method) \(path) HTTP/1.1", "Host: \(host)"] + accept + headers).map { $0 + "\r\n" }.joined() + "\r\n"
  }

  typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>
  typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

  /// One connection; closed when `body` returns.
  func connect<Result: Sendable>(
    from client: String? = nil, _ body: @Sendable (Inbound, Outbound) async throws -> Result
  ) async throws -> Result {
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
    if let client { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: client, port: 0)) }
    let channel = try await bootstrap
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose(body)
  }

  /// Everything until the other side ends. A reset ends it too: what came before counts.
  static func everything(_ inbound: Inbound) async throws -> String {
    var text = ""
    do {
      for try await buffer in inbound { text += String(buffer: buffer) }
    } catch is IOError {}
    return text
  }
}

/// A response taken apart: status, header fields by lower-case name, body.
struct RawResponse: Sendable {
  let text: String
  let status: Int
  let headers: [String: String]
  let body: String

  init(_ text: String) {
    self.text = text
    // "\r\n" is one Character.
    let end = text.firstRange(of: "\r\n\r\n")
    let lines = text[..<(end?.lowerBound ?? text.endIndex)].split(separator: "\r\n")
    status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
    headers = Dictionary(
      lines.dropFirst().map { line in
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        return (line[..<colon].lowercased(), String(line[colon...].dropFirst(2)))
      }, uniquingKeysWith: { "\($0), \($1)" })
    body = end.map { String(text[$0.upperBound...]) } ?? ""
  }
}

/// The lines a server logged.
final class LogBox: Sendable {
  private let stored = Mutex<[String]>([])
  var lines: [String] { stored.withLock { $0 } }

  var logger: Logger {
    Logger(label: "notice") { _ in Handler(box: self) }
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
      box.stored.withLock { $0.append("\(event.message)") }
    }
  }
}
