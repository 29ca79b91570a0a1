import ServiceLifecycle
import Sinkhole

/// Looks every few seconds whether the system's name servers are others now: a laptop that changes networks, or a new
/// lease, must not leave the resolver asking those of yesterday.
struct SystemUpstreamsWatch: Service {
  let reloader: Reloader

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var upstreams = SystemUpstreams()
      while true {
        try await Task.sleep(for: .seconds(5))
        if upstreams.haveChanged() { await reloader.reroute() }
      }
    }
  }
}
