import Logging
import ServiceLifecycle
import Sinkhole

/// Reminds of rules whose date of review has passed: a line each, at the beginning of every day by the site's clocks.
struct ReviewReminder: Service {
  let server: DNSServer
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let clocks = server.cell.snapshot.clocks
        let now = Instant.now().unixSeconds
        let midnight = CalendarDate(now, in: clocks).end(in: clocks)
        guard (try? await Task.sleep(for: .seconds(max(60, midnight - now)))) != nil else { return }
        let review = PolicyReview(server.cell.snapshot.policy, PolicyDefinition(), at: .now())
        for line in review.overdue { logger.warning("\(line)") }
      }
    }
  }
}
