import Logging
import SinkholeTransports
import Synchronization
import Testing

@Suite("Posting to a webhook")
struct WebhookTests {
  /// Answers the attempts for one text with these status lines, in order, and then with 200.
  private func post(_ answers: [String], waits: Int = 3, until isDone: @escaping @Sendable (Webhook) -> Bool) async throws -> Int {
    let total = Mutex(0)
    try await ListServer.run(.plain, script: { number, _ in
      let status = number < answers.count ? answers[number] : "200 OK"
      return [.send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    }) { server in
      let webhook = Webhook(
        url: server.url("/hook"), trustRoots: nil, waits: Array(repeating: .milliseconds(20), count: waits),
        logger: Logger(label: "test"))
      let running = Task { try await webhook.run() }
      webhook.post("{}")
      // Without holding a thread that the webhook needs.
      for _ in 0..<1000 where !isDone(webhook) { try await Task.sleep(for: .milliseconds(20)) }
      #expect(isDone(webhook))
      running.cancel()
      #expect(server.requests.allSatisfy { $0.hasPrefix("POST /hook HTTP/1.1\r\n") })
      total.withLock { $0 = server.requests.count }
    }
    return total.withLock { $0 }
  }

  @Test("what fails for the moment is tried again until it arrives", arguments: ["500 Oops", "503 Later", "429 Slowly", "408 Late"])
  func again(_ status: String) async throws {
    #expect(try await post([status, status]) { $0.counts == (1, 0, 0) } == 3)
  }

  @Test("what is refused for good is given up at once", arguments: ["400 Bad Request", "404 Not Found", "301 Moved"])
  func refused(_ status: String) async throws {
    #expect(try await post([status]) { $0.counts == (0, 1, 0) } == 1)
  }

  @Test("what never works is given up after the last wait")
  func never() async throws {
    #expect(try await post(Array(repeating: "500 Oops", count: 9), waits: 2) { $0.counts == (0, 1, 0) } == 3)
  }

  @Test("without a server nothing waits for it, 100 texts are held, and the rest is dropped and counted")
  func full() {
    let webhook = Webhook(url: "http://127.0.0.1:9/", trustRoots: nil, logger: Logger(label: "test"))
    for _ in 0..<150 { webhook.post("{}") }
    #expect(webhook.counts == (0, 0, 50))
  }
}
