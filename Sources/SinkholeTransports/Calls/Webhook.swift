import AsyncHTTPClient
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Posts short JSON texts to one address, in their order, and tries again for a while. Whoever hands one over never waits, and
/// whatever becomes of it matters to nothing else: what finds no room is dropped and counted.
package final class Webhook: Service {
  package static let capacity = 100
  /// Waits between the attempts for one text: with the first, five attempts in some thirteen minutes.
  package static let waits: [Duration] = [.seconds(1), .seconds(5), .seconds(60), .seconds(720)]
  private static let timeout = TimeAmount.seconds(10)

  private let url: String
  private let trustRoots: String?
  private let waits: [Duration]
  private let logger: Logger
  private let texts: AsyncStream<String>
  private let input: AsyncStream<String>.Continuation
  private let sent = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)
  private let dropped = Atomic<Int>(0)

  /// - Parameters:
  ///   - url: `https://` or `http://`.
  ///   - trustRoots: a file of certificates (PEM); nil: the system's.
  package init(url: String, trustRoots: String?, waits: [Duration] = Webhook.waits, logger: Logger) {
    self.url = url
    self.trustRoots = trustRoots
    self.waits = waits
    self.logger = logger
    (texts, input) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(Webhook.capacity))
  }

  /// Texts that arrived, that were given up, and that found no room.
  package var counts: (sent: Int, failed: Int, dropped: Int) {
    (sent.load(ordering: .relaxed), failed.load(ordering: .relaxed), dropped.load(ordering: .relaxed))
  }

  package func post(_ json: String) {
    guard case .dropped = input.yield(json) else { return }
    // The first of a flood is said; all are counted.
    if dropped.add(1, ordering: .relaxed).newValue == 1 {
      logger.warning("event=webhook_full reason=\"\(Webhook.capacity) texts wait already: see that \(url) answers\"")
    }
  }

  /// Until graceful shutdown; what waits then is lost.
  package func run() async throws {
    await cancelWhenGracefulShutdown { [self] in
      for await text in texts { await deliver(text) }
    }
  }

  private func deliver(_ text: String) async {
    var problem = ""
    for attempt in 0...waits.count {
      if attempt > 0 {
        guard (try? await Task.sleep(for: waits[attempt - 1])) != nil else { return }
      }
      switch await attemptOne(text) {
      case .arrived:
        sent.add(1, ordering: .relaxed)
        return
      case .refused(let reason):
        problem = reason
        return giveUp(problem)
      case .failed(let reason): problem = reason
      }
      if Task.isCancelled { return }
    }
    giveUp(problem)
  }

  private func giveUp(_ problem: String) {
    failed.add(1, ordering: .relaxed)
    logger.warning("event=webhook_failed url=\"\(url)\" reason=\"\(problem.replacing("\"", with: "'"))\"")
  }

  private enum Outcome {
    case arrived
    /// For good: trying again changes nothing.
    case refused(String)
    case failed(String)
  }

  /// With a client of its own, so that certificates are read anew and no connection is kept for the next day.
  private func attemptOne(_ text: String) async -> Outcome {
    var security = TLSConfiguration.makeClientConfiguration()
    security.minimumTLSVersion = .tlsv12
    if let trustRoots { security.trustRoots = .file(trustRoots) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: security, redirectConfiguration: .disallow, timeout: .init(connect: Webhook.timeout))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(configuration: configuration)
    defer { client.shutdown { _ in } }
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers = ["User-Agent": "sinkhole", "Content-Type": "application/json", "Connection": "close"]
    request.body = .bytes(ByteBuffer(string: text))
    do {
      // The head is all that is read.
      let response = try await client.execute(request, deadline: .now() + Webhook.timeout)
      switch response.status.code {
      case 200..<300: return .arrived
      case 408, 429, 500...: return .failed("the server answered \(response.status.code)")
      default: return .refused("the server answered \(response.status.code), expected 200 to 299")
      }
    } catch {
      return .failed("\(error)")
    }
  }
}
