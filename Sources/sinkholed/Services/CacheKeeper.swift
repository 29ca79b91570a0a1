import Logging
import NIOPosix
import ServiceLifecycle
import Sinkhole

/// Saves the cache every ten minutes and when the server ends, so that a restart need not ask for everything again. A disk
/// that takes nothing is told of once, until it does again: the service goes on.
struct CacheKeeper: Service {
  private static let interval = Duration.seconds(600)

  let file: CacheFile
  let cache: ResponseCache
  let logger: Logger

  /// Reads what was saved, before anybody is answered. What cannot be used is left alone until the next save.
  init(_ path: String, settings: ServerSettings, cache: ResponseCache, logger: Logger) {
    file = CacheFile(path)
    self.cache = cache
    self.logger = logger
    do throws(CacheFile.Failure) {
      let restored = try file.restore(
        into: cache, size: settings.cacheSize, now: CacheKeeper.clock, instant: Instant.now().unixSeconds)
      if let restored { logger.info("event=cache_restored responses=\(restored) file=\(path)") }
    } catch {
      logger.warning("event=cache_not_restored file=\(path) reason=\"\(error)\"")
    }
  }

  /// Seconds, monotonic, as the cache counts them.
  static var clock: UInt32 { UInt32(truncatingIfNeeded: Clock.milliseconds() / 1000) }

  func run() async throws {
    let wasWell = await cancelWhenGracefulShutdown {
      var isWell = true
      while (try? await Task.sleep(for: CacheKeeper.interval)) != nil { isWell = await save(wasWell: isWell) }
      return isWell
    }
    _ = await save(wasWell: wasWell)
  }

  /// False when it failed; what failed before, too, is not told again.
  private func save(wasWell: Bool) async -> Bool {
    // Disks block: not on a thread that others wait for. Failing that, the server is ending, and may.
    let failure = (try? await NIOThreadPool.singleton.runIfActive { trySave() }) ?? trySave()
    guard let failure else { return true }
    if wasWell { logger.warning("event=cache_not_saved file=\(file.path) reason=\"\(failure)\"") }
    return false
  }

  private func trySave() -> SystemError? {
    do throws(SystemError) {
      try file.save(cache, now: CacheKeeper.clock, instant: Instant.now().unixSeconds)
      return nil
    } catch {
      return error
    }
  }
}
