import CNet
import Glibc

/// One epoll instance: which of many descriptors are ready. Used by one thread.
package final class Poller {
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let readable = Interest(rawValue: CNET_READABLE)
    package static let writable = Interest(rawValue: CNET_WRITABLE)
    /// Reported always: hang-up or error.
    package static let closed = Interest(rawValue: CNET_CLOSED)
  }

  private let epoll: Descriptor
  private var tokens = [UInt64](repeating: 0, count: 64)
  private var events = [UInt32](repeating: 0, count: 64)

  package init() throws(SystemError) {
    epoll = Descriptor(takingOwnership: cnet_epoll_create())
    guard epoll.number >= 0 else { throw SystemError("epoll_create1") }
  }

  package func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
    guard cnet_epoll_add(epoll.number, descriptor, interest.rawValue, token) == 0 else {
      throw SystemError("epoll_ctl")
    }
  }

  package func modify(_ descriptor: Int32, _ interest: Interest, token: UInt64) {
    _ = cnet_epoll_modify(epoll.number, descriptor, interest.rawValue, token)
  }

  package func remove(_ descriptor: Int32) {
    _ = cnet_epoll_remove(epoll.number, descriptor)
  }

  /// Waits at most `milliseconds` (for ever when negative); returns how many are ready, 64 at most.
  package func wait(milliseconds: Int32) -> Int {
    let number = epoll.number
    let count = unsafe tokens.withUnsafeMutableBufferPointer { tokens in
      unsafe events.withUnsafeMutableBufferPointer { events in
        // Safe: both hold 64.
        unsafe cnet_epoll_wait(number, tokens.baseAddress, events.baseAddress, 64, milliseconds)
      }
    }
    return max(0, Int(count))
  }

  /// The token and events of the `index`th ready descriptor of the last wait.
  package func ready(_ index: Int) -> (token: UInt64, events: Interest) {
    (tokens[index], Interest(rawValue: events[index]))
  }
}

/// Wakes a thread that waits in a `Poller`. Any thread may signal.
package final class WakeUp: Sendable {
  package let descriptor: Int32

  package init() throws(SystemError) {
    descriptor = cnet_eventfd()
    guard descriptor >= 0 else { throw SystemError("eventfd") }
  }

  deinit { close(descriptor) }

  package func signal() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  package func clear() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
  }
}
