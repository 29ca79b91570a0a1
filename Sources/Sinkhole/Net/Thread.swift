import CNet
import Glibc

/// A thread of the operating system, for loops that wait in system calls.
@safe
package final class Thread: @unchecked Sendable {
  // Unchecked, safe: written before `start` returns, read by the one `join`.
  private var handle = pthread_t()
  private let name: String
  private let body: @Sendable () -> Void

  package init(name: String, _ body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  /// Runs the body on a new thread, which keeps this object until it ends.
  package func start() throws(SystemError) {
    let reference = unsafe Unmanaged.passRetained(self)
    let result = unsafe pthread_create(
      &handle, nil,
      { reference in
        guard let reference = unsafe reference else { return nil }
        let thread = unsafe Unmanaged<Thread>.fromOpaque(reference).takeRetainedValue()
        // Names longer than fifteen octets are refused by the kernel.
        _ = unsafe cnet_name_thread(String(thread.name.prefix(15)))
        thread.body()
        return nil
      }, unsafe reference.toOpaque())
    guard result == 0 else {
      unsafe reference.release()
      throw SystemError("pthread_create", number: result)
    }
  }

  package func join() {
    pthread_join(handle, nil)
  }
}
