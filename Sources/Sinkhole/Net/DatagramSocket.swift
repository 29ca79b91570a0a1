import CNet
import Glibc

/// A UDP socket, either listening for stubs or connected to an upstream.
package struct DatagramSocket: ~Copyable {
  private let descriptor: Descriptor
  /// Connected: the kernel drops what comes from any other address and port (RFC 5452 section 9.1).
  package let isConnected: Bool
  /// Bound to a wildcard: replies must name the address that was asked as their source.
  package let namesLocalAddress: Bool
  /// Whether equal replies may leave as one UDP_SEGMENT train; turned off when the device cannot.
  package var sendsTrains: Bool

  package var number: Int32 { descriptor.number }

  /// A socket of a group that shares `address` among the workers (SO_REUSEPORT).
  /// - Throws: `SystemError` when the address is not ours or is taken.
  package static func listening(on address: SocketAddress, sendsTrains: Bool) throws(SystemError) -> DatagramSocket {
    let descriptor = try Descriptor.socket(for: address, type: SOCK_DGRAM)
    guard cnet_set_reuseport(descriptor.number) == 0 else { throw SystemError("SO_REUSEPORT") }
    // Room for a burst of some thousand queries while a worker is away; the kernel halves or caps it.
    _ = cnet_set_buffers(descriptor.number, 4 << 20)
    _ = cnet_set_no_fragments(descriptor.number, address.domain)
    let isWildcard = address.address.isUnspecified
    if isWildcard { _ = cnet_set_packet_info(descriptor.number, address.domain) }
    try descriptor.bind(to: address)
    return DatagramSocket(
      descriptor: descriptor, isConnected: false, namesLocalAddress: isWildcard, sendsTrains: sendsTrains)
  }

  /// A socket to `peer` from a port that the kernel picks at random.
  package static func connected(to peer: SocketAddress) throws(SystemError) -> DatagramSocket {
    let descriptor = try Descriptor.socket(for: peer, type: SOCK_DGRAM)
    _ = cnet_set_buffers(descriptor.number, 1 << 20)
    _ = cnet_set_no_fragments(descriptor.number, peer.domain)
    guard unsafe peer.withKernelForm({ unsafe connect(descriptor.number, $0, $1) }) == 0 else {
      throw SystemError("connect \(peer)")
    }
    return DatagramSocket(descriptor: descriptor, isConnected: true, namesLocalAddress: false, sendsTrains: false)
  }

  private init(descriptor: consuming Descriptor, isConnected: Bool, namesLocalAddress: Bool, sendsTrains: Bool) {
    self.descriptor = descriptor
    self.isConnected = isConnected
    self.namesLocalAddress = namesLocalAddress
    self.sendsTrains = sendsTrains
  }

  /// The address it is bound to.
  package var localAddress: SocketAddress { descriptor.localAddress }
}

extension Descriptor {
  /// A non-blocking socket of the family of `address`.
  static func socket(for address: SocketAddress, type: __socket_type) throws(SystemError) -> Descriptor {
    let flags = Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let number = Glibc.socket(address.domain, flags, 0)
    guard number >= 0 else { throw SystemError("socket") }
    let descriptor = Descriptor(takingOwnership: number)
    // Each family has listeners of its own, so that `[::]` never takes IPv4's port too.
    if address.address.family == .v6 { _ = cnet_set_only_v6(number) }
    return descriptor
  }

  borrowing func bind(to address: SocketAddress) throws(SystemError) {
    let number = number
    guard unsafe address.withKernelForm({ unsafe Glibc.bind(number, $0, $1) }) == 0 else {
      throw SystemError("bind \(address)")
    }
  }

  var localAddress: SocketAddress {
    let number = number
    return unsafe withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { storage in
      guard let base = storage.baseAddress else { preconditionFailure("no stack") }
      unsafe memset(base, 0, 128)
      var length = socklen_t(128)
      _ = unsafe getsockname(number, base.assumingMemoryBound(to: sockaddr.self), &length)
      return unsafe SocketAddress(kernel: base)
    }
  }
}
