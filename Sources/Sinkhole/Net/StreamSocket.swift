import CNet
import Glibc

/// A listening TCP socket.
package struct StreamListener: ~Copyable {
  private let descriptor: Descriptor
  package var number: Int32 { descriptor.number }
  package var localAddress: SocketAddress { descriptor.localAddress }

  /// - Throws: `SystemError` when the address is not ours or is taken.
  package init(on address: SocketAddress, backlog: Int32 = 1024) throws(SystemError) {
    let descriptor = try Descriptor.socket(for: address, type: SOCK_STREAM)
    guard cnet_set_reuseport(descriptor.number) == 0 else { throw SystemError("SO_REUSEPORT") }
    descriptor.reuseAddress()
    try descriptor.bind(to: address)
    guard listen(descriptor.number, backlog) == 0 else { throw SystemError("listen \(address)") }
    self.descriptor = descriptor
  }

  package enum Acceptance: ~Copyable {
    case connection(Descriptor, peer: SocketAddress)
    case none
    /// No descriptors or memory left: accept again later.
    case exhausted
  }

  package func accept() -> Acceptance {
    while true {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let number = unsafe cnet_accept(descriptor.number, &storage, &length)
      if number >= 0 {
        _ = cnet_set_no_delay(number)
        let peer = unsafe withUnsafeBytes(of: &storage) { octets in
          guard let base = octets.baseAddress else { preconditionFailure("no storage") }
          return unsafe SocketAddress(kernel: base)
        }
        return .connection(Descriptor(takingOwnership: number), peer: peer)
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
      default: return .none
      }
    }
  }
}

extension Descriptor {
  /// Lets a restart bind while connections of the last run linger in TIME_WAIT.
  borrowing func reuseAddress() {
    var one: Int32 = 1
    _ = unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  /// A TCP connection to `peer` that is being made: writable when it stands or has failed.
  package static func connecting(to peer: SocketAddress) throws(SystemError) -> Descriptor {
    let descriptor = try Descriptor.socket(for: peer, type: SOCK_STREAM)
    _ = cnet_set_no_delay(descriptor.number)
    let number = descriptor.number
    let result = unsafe peer.withKernelForm { unsafe connect(number, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else { throw SystemError("connect \(peer)") }
    return descriptor
  }
}
