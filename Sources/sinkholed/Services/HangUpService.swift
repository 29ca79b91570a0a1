import ServiceLifecycle
import UnixSignals

/// SIGHUP reloads.
struct HangUpService: Service {
  let reloader: Reloader

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      _ = await reloader.reload()
    }
  }
}
