import Logging
import ServiceLifecycle

/// Keeps the lists of all sources fresh, and tells of each new one.
///
/// One loop looks every few seconds which sources are due and fetches them, a few at once. A source is never fetched
/// twice at the same time: who asks for it by hand while it is under way gets that outcome.
package actor ListRefresher: Service {
  /// Between two looks at what is due. A look costs nothing, and a clock that was set or a source that was added is
  /// noticed without more ado.
  private static let look = Duration.seconds(5)

  private struct Entry {
    let source: RemoteSource
    var schedule: RefreshSchedule
    var failure: FetchFailure?
  }

  private let fetcher: ListFetcher
  private let limit: Int
  private let time: TimeSource
  private let spread: @Sendable () -> Double
  private let logger: Logger
  private let inspect: @Sendable (RemoteSource, String) async -> Inspection
  private let onChange: @Sendable (String) async -> Void
  private var entries: [String: Entry] = [:]
  /// Fetches under way, by name, with those who wait for their outcome.
  private var running: [String: [CheckedContinuation<FetchOutcome, Never>]] = [:]

  /// - Parameters:
  ///   - sources: Of two with one name the latter counts.
  ///   - limit: Fetches at once. Those by hand are not held back by it; each source has one at most.
  ///   - spread: 0 to 1, for `RefreshSchedule`.
  ///   - logger: Gets one line for each fetch: `info` for a new list, `debug` for no change, `warning` for a copy that
  ///     stays because of a failure, `error` where there is none.
  ///   - inspect: Reads the file at a path as the list of a source. Give up when the task is cancelled: shutdown
  ///     waits for it.
  ///   - onChange: Told the name of a source after its list was replaced. The fetch ends when it returns.
  package init(
    sources: [RemoteSource], fetcher: ListFetcher, limit: Int = 4, time: TimeSource = .system,
    spread: @escaping @Sendable () -> Double = { .random(in: 0...1) }, logger: Logger,
    inspect: @escaping @Sendable (RemoteSource, String) async -> Inspection,
    onChange: @escaping @Sendable (String) async -> Void
  ) {
    self.fetcher = fetcher
    self.limit = limit
    self.time = time
    self.spread = spread
    self.logger = logger
    self.inspect = inspect
    self.onChange = onChange
    for source in sources {
      let checked = ListRefresher.lastSuccess(source, in: fetcher.store.folder)
      entries[source.name] = Entry(
        source: source,
        schedule: RefreshSchedule(source.refreshInterval, checked: checked, now: time.now(), spread: spread()))
    }
  }

  /// Fetches what becomes due until graceful shutdown or cancellation. Fetches under way are given up then; the copies
  /// that are there stay.
  package func run() async throws {
    // Nothing in it throws but the wait that is cancelled.
    try? await cancelWhenGracefulShutdown { try await self.refreshWhenDue() }
  }

  /// Puts other sources in place of those before. What is known of one that stays as it is, stays. The files of one
  /// that goes stay too: a mistake in a configuration must not cost a list.
  package func replace(_ sources: [RemoteSource]) {
    let before = entries
    entries = [:]
    for source in sources {
      if let entry = before[source.name], entry.source == source {
        entries[source.name] = entry
        continue
      }
      let checked = ListRefresher.lastSuccess(source, in: fetcher.store.folder)
      entries[source.name] = Entry(
        source: source,
        schedule: RefreshSchedule(source.refreshInterval, checked: checked, now: time.now(), spread: spread()))
    }
  }

  /// Fetches now, whether due or not, and returns the outcome. Nil: no source has the name.
  package func refresh(name: String, acceptingShrink: Bool = false) async -> FetchOutcome? {
    guard let source = entries[name]?.source else { return nil }
    if running[name] != nil {
      return await withCheckedContinuation { running[name, default: []].append($0) }
    }
    running[name] = []
    return await fetch(source, acceptingShrink: acceptingShrink)
  }

  /// All sources in the order of their names.
  package func status() -> [SourceStatus] {
    let now = time.now()
    return entries.values.sorted { $0.source.name < $1.source.name }.map { entry in
      let list = fetcher.store.folder.list(of: entry.source)
      let metadata = list?.metadata
      return SourceStatus(
        name: entry.source.name, url: entry.source.url.description, path: list?.path, entries: metadata?.entries,
        fetched: metadata?.fetched, checked: metadata?.checked, age: metadata.map { max(0, now - $0.checked) },
        failure: entry.failure, failures: entry.schedule.failures, due: entry.schedule.due)
    }
  }

  private func refreshWhenDue() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while true {
        let (due, now) = (entries.values, time.now())
        let count = due.count { running[$0.source.name] == nil && $0.schedule.isDue(now: now) }
        // Each goes on while something is due, so that the next does not wait for the next look.
        for _ in 0..<max(0, min(count, limit - running.count)) {
          group.addTask {
            while let source = await self.takeDue() { _ = await self.fetch(source) }
          }
        }
        try await time.sleep(ListRefresher.look)
      }
    }
  }

  /// Marks a source that is due as under way. Nil: none is, or as many are under way as may be.
  private func takeDue() -> RemoteSource? {
    guard !Task.isCancelled, running.count < limit else { return nil }
    let now = time.now()
    let due = entries.values.filter { running[$0.source.name] == nil && $0.schedule.isDue(now: now) }
    guard let first = due.min(by: { $0.schedule.due < $1.schedule.due }) else { return nil }
    running[first.source.name] = []
    return first.source
  }

  /// - Precondition: `source` is marked as under way.
  private func fetch(_ source: RemoteSource, acceptingShrink: Bool = false) async -> FetchOutcome {
    let inspect = inspect
    let outcome = await fetcher.fetch(source, acceptingShrink: acceptingShrink) { await inspect(source, $0) }
    note(outcome, of: source)
    if case .replaced = outcome { await onChange(source.name) }
    for continuation in running.removeValue(forKey: source.name) ?? [] { continuation.resume(returning: outcome) }
    return outcome
  }

  private func note(_ outcome: FetchOutcome, of source: RemoteSource) {
    let now = time.now()
    // Other sources may have come meanwhile.
    var entry = entries[source.name]
    if entry?.source != source { entry = nil }
    let failure: FetchFailure?
    switch outcome {
    case .replaced, .unchanged: failure = nil
    case .kept(let reason), .missing(let reason): failure = reason
    }
    if failure?.code == .cancelled { return }
    if failure == nil {
      entry?.schedule.succeed(now: now, spread: spread())
    } else {
      entry?.schedule.fail(now: now, spread: spread())
    }
    entry?.failure = failure
    if let entry { entries[source.name] = entry }
    log(outcome, of: source, retry: entry.map { max(0, $0.schedule.due - now) })
  }

  private func log(_ outcome: FetchOutcome, of source: RemoteSource, retry: Int?) {
    let retry = retry.map { " retry=\($0)s" } ?? ""
    switch outcome {
    case .replaced(let entries):
      logger.info("event=list_replaced source=\(source.name) entries=\(entries)")
    case .unchanged:
      logger.debug("event=list_unchanged source=\(source.name)")
    case .kept(let reason):
      logger.warning("event=list_kept source=\(source.name) code=\(reason.code.rawValue) reason=\"\(reason)\"\(retry)")
    case .missing(let reason):
      logger.error("event=list_missing source=\(source.name) code=\(reason.code.rawValue) reason=\"\(reason)\"\(retry)")
    }
  }

  /// When the copy that is there was last known to be current; nil when it came from another URL.
  private static func lastSuccess(_ source: RemoteSource, in folder: SourceFolder) -> Int? {
    guard let metadata = folder.list(of: source)?.metadata, metadata.url == source.url.description else { return nil }
    return metadata.checked
  }
}
