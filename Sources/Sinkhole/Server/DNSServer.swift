import Synchronization

/// The DNS server: its workers, each on a thread, and what they share.
package final class DNSServer: Sendable {
  package let cell: SnapshotCell
  package let cache: ResponseCache
  /// Exceptions that stand above the policy for a time.
  package let overlay = Overlay()
  /// As bound: port 0 has become a port.
  package let addresses: [SocketAddress]
  private let workers: [WorkerHandle]
  private let admission: StreamAdmission
  private let isStopped = Atomic<Bool>(false)

  /// A worker belongs to its thread once started; others touch only what is made for it.
  private final class WorkerHandle: @unchecked Sendable {
    // Unchecked, safe: `counters`, `journal`, `limitReports`, `wakeUp`, `generation` and `stop()` are for any thread.
    let worker: Worker
    let thread: Thread

    init(_ worker: Worker, index: Int) {
      self.worker = worker
      // The worker runs on this thread alone; `unowned(unsafe)` is not needed, the handle outlives it.
      let box = WorkerBox(worker)
      thread = Thread(name: "worker-\(index)") { box.worker.run() }
    }
  }

  private final class WorkerBox: @unchecked Sendable {
    // Unchecked, safe: carries the worker to its thread.
    let worker: Worker
    init(_ worker: Worker) { self.worker = worker }
  }

  /// Binds every address for every worker. Nothing is answered before `start`.
  /// - Throws: `ListenError`, or `SystemError` when descriptors run out.
  package init(settings: ServerSettings, snapshot: Snapshot) throws {
    cell = SnapshotCell(snapshot)
    cache = ResponseCache(size: settings.cacheSize, limits: settings.cacheLimits, renews: settings.prefetches)
    admission = StreamAdmission(limits: settings.streams)
    for address in settings.listen { try ListeningSockets.checkFree(address) }
    var addresses = settings.listen
    var shared = settings
    shared.forwards.exchanges = max(64, settings.forwards.exchanges / settings.workers)
    shared.forwards.waiters = max(64, settings.forwards.waiters / settings.workers)
    if settings.workers > 1 {
      // One client's port leads to one worker: it may fill a quarter of what that one has.
      shared.forwards.waitersPerClient = min(
        settings.forwards.waitersPerClient, shared.forwards.waiters / 4, shared.forwards.exchanges / 4)
    }
    let rotation = CookieRotation()
    var workers: [WorkerHandle] = []
    for index in 0..<settings.workers {
      let sockets = try ListeningSockets(&addresses, sendsTrains: settings.replyTrains)
      let worker = try Worker(
        cell: cell, cache: cache, overlay: overlay, settings: shared, admission: admission, rotation: rotation,
        sockets: sockets)
      workers.append(WorkerHandle(worker, index: index))
    }
    self.workers = workers
    self.addresses = addresses
  }

  /// Whether `address` is free for a TCP listener of somebody else in this process.
  /// - Throws: `ListenError` with its holder; `key` is what the configuration calls the address.
  package static func checkFree(_ address: SocketAddress, key: String) throws(ListenError) {
    try ListeningSockets.checkFree(address, udp: false, key: key)
  }

  package func start() throws(SystemError) {
    for handle in workers { try handle.thread.start() }
  }

  /// Ends every worker and waits for it.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    for handle in workers { handle.worker.stop() }
    for handle in workers { handle.thread.join() }
  }

  /// Has every worker read `snapshot` from its next batch on; returns when all do, so that the last
  /// reference to the old one is the caller's and its memory is not freed on the road.
  package func publish(_ snapshot: Snapshot) async {
    let old = cell.snapshot
    cell.publish(snapshot)
    for handle in workers { handle.worker.wakeUp.signal() }
    for handle in workers {
      while handle.worker.generation.load(ordering: .acquiring) != snapshot.generation {
        try? await Task.sleep(for: .milliseconds(1))
        // A worker that has ended reads no snapshot any more.
        if Task.isCancelled || isStopped.load(ordering: .acquiring) { break }
      }
    }
    withExtendedLifetime(old) {}
  }

  package func value(_ counter: Counter) -> UInt64 {
    workers.reduce(0) { $0 &+ $1.worker.counters.value(counter) }
  }

  package var connections: Int { admission.total }

  /// The rings of the workers, for the one reader of the journal.
  package var journals: [JournalRing] { workers.map(\.worker.journal) }

  /// The rings in which they tell whom they send less than is asked for; for one reader.
  package var limitReports: [EventRing<LimitedBlock>] { workers.map(\.worker.limitReports) }
}
