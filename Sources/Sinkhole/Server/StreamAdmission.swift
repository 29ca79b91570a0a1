import Synchronization

/// How many TCP connections there may be, in all and from one client address. Shared by the workers; asked once
/// per connection.
package final class StreamAdmission: Sendable {
  package struct Limits: Sendable, Hashable {
    package var total = 1024
    package var perClient = 64
    package init() {}
  }

  package enum Verdict { case admitted, full, fullForClient }

  private struct State {
    var total = 0
    var clients: [IPAddress: Int] = [:]
  }

  package let limits: Limits
  private let state = Mutex(State())

  package init(limits: Limits) { self.limits = limits }

  package func admit(_ client: IPAddress) -> Verdict {
    state.withLock { state in
      let held = state.clients[client] ?? 0
      guard held < limits.perClient else { return .fullForClient }
      guard state.total < limits.total else { return .full }
      state.total += 1
      state.clients[client] = held + 1
      return .admitted
    }
  }

  package func leave(_ client: IPAddress) {
    state.withLock { state in
      state.total -= 1
      let left = (state.clients[client] ?? 1) - 1
      state.clients[client] = left == 0 ? nil : left
    }
  }

  package var total: Int { state.withLock { $0.total } }
}
