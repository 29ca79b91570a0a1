/// What the server is started with; a change of any of it takes a restart.
package struct ServerSettings: Sendable, Hashable {
  package var listen: [SocketAddress]
  package var workers: Int
  /// Octets.
  package var cacheSize: Int
  package var cacheLimits = CacheLimits()
  /// Whether what is in use is asked for again before it expires.
  package var prefetches = true
  package var replyTrains: Bool
  /// Milliseconds.
  package var streamIdle: UInt64
  package var streams: StreamAdmission.Limits
  /// Questions and waiting stubs of all workers together; stubs of one client, of each.
  package var forwards: Forwarder.Limits
  /// Of each worker.
  package var rateLimit: ResponseRateLimiter.Limits

  package init(listen: [SocketAddress]) {
    self.listen = listen
    workers = 1
    cacheSize = 64 << 20
    replyTrains = true
    streamIdle = 10_000
    streams = StreamAdmission.Limits()
    forwards = Forwarder.Limits()
    rateLimit = ResponseRateLimiter.Limits()
  }
}
