import CNet
import Glibc

/// A file descriptor with one owner, closed when the owner ends.
package struct Descriptor: ~Copyable {
  package let number: Int32

  package init(takingOwnership number: Int32) { self.number = number }

  deinit { close(number) }

  /// What a non-blocking read or write came to.
  package enum Transfer {
    case moved(Int)
    /// Nothing now: the descriptor says when.
    case later
    /// The other side has closed (reads only).
    case ended
    case failed(errno: Int32)
  }

  /// Reads what is there into `buffer`.
  package borrowing func read(into buffer: inout MutableSpan<UInt8>) -> Transfer {
    let number = number
    let count = unsafe buffer.withUnsafeMutableBytes { target in
      // Safe: at most the span's octets are written.
      retryingInterrupts { unsafe recv(number, target.baseAddress, target.count, 0) }
    }
    if count > 0 { return .moved(count) }
    if count == 0 { return .ended }
    return errno == EAGAIN ? .later : .failed(errno: errno)
  }

  /// Writes as much of `octets` as goes now. A closed peer is a failure, never a signal.
  package borrowing func write(_ octets: Span<UInt8>) -> Transfer {
    let number = number
    let count = unsafe octets.withUnsafeBytes { source in
      retryingInterrupts { unsafe send(number, source.baseAddress, source.count, Int32(MSG_NOSIGNAL)) }
    }
    if count >= 0 { return .moved(count) }
    return errno == EAGAIN ? .later : .failed(errno: errno)
  }
}

func retryingInterrupts(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// A system call that failed, for people.
package struct SystemError: Error, CustomStringConvertible, Sendable {
  package let call: String
  package let number: Int32

  package init(_ call: String, number: Int32 = errno) {
    self.call = call
    self.number = number
  }

  package var description: String {
    "\(call): \(unsafe String(cString: strerror(number)))"
  }
}
