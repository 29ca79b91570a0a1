import CNet
import Glibc

/// Receive buffers of one thread: up to 32 datagrams by one `recvmmsg`, answered where they lie, the
/// replies sent by one `sendmmsg`.
///
/// A slot is the reader's from `receive` to `send`; nothing here outlives a batch. The starts of the
/// slots are skewed by three cache lines, so that 32 message headers do not fall in the same cache sets.
@safe
package struct DatagramBatch: ~Copyable {
  /// 32 is where larger batches stop paying (docs/performance.md).
  package static let capacity = 32
  /// Octets of a slot. A longer datagram is cut, and then no whole message to the gate.
  package static let slotSize = 4096
  private static let stride = slotSize + 192
  private static let addressSize = 32
  private static let controlSize = Int(CNET_CONTROL_CAPACITY)

  // Safe: allocated in init, freed in deinit, and every index is below `capacity`.
  private let octets: UnsafeMutableRawPointer
  private let addresses: UnsafeMutableRawPointer
  private let controls: UnsafeMutableRawPointer
  private let vectors: UnsafeMutablePointer<iovec>
  private let messages: UnsafeMutablePointer<cnet_message>
  private var replies: ReplyQueue

  package init() {
    let capacity = DatagramBatch.capacity
    unsafe octets = .allocate(byteCount: capacity * DatagramBatch.stride, alignment: 64)
    unsafe addresses = .allocate(byteCount: capacity * DatagramBatch.addressSize, alignment: 64)
    unsafe controls = .allocate(byteCount: capacity * DatagramBatch.controlSize, alignment: 64)
    unsafe memset(octets, 0, capacity * DatagramBatch.stride)
    unsafe memset(addresses, 0, capacity * DatagramBatch.addressSize)
    unsafe memset(controls, 0, capacity * DatagramBatch.controlSize)
    unsafe vectors = .allocate(capacity: capacity)
    unsafe messages = .allocate(capacity: capacity)
    for slot in 0..<capacity {
      unsafe vectors[slot] = iovec(iov_base: octets + slot * DatagramBatch.stride, iov_len: DatagramBatch.slotSize)
      var message = unsafe cnet_message()
      unsafe message.header.msg_iov = vectors + slot
      unsafe message.header.msg_iovlen = 1
      unsafe message.header.msg_name = addresses + slot * DatagramBatch.addressSize
      unsafe message.header.msg_control = controls + slot * DatagramBatch.controlSize
      unsafe messages[slot] = message
    }
    replies = ReplyQueue(capacity: capacity)
  }

  deinit {
    unsafe octets.deallocate()
    unsafe addresses.deallocate()
    unsafe controls.deallocate()
    unsafe vectors.deallocate()
    unsafe messages.deallocate()
  }

  /// Takes what waits at `socket`, 32 datagrams at most, without waiting. Returns how many, or minus the
  /// `errno` that the socket reports: for a connected one, that nobody listens at the other end.
  package mutating func receive(from socket: borrowing DatagramSocket) -> Int {
    for slot in 0..<DatagramBatch.capacity {
      unsafe messages[slot].header.msg_namelen = socket.isConnected ? 0 : socklen_t(DatagramBatch.addressSize)
      unsafe messages[slot].header.msg_controllen = socket.namesLocalAddress ? DatagramBatch.controlSize : 0
    }
    let count = unsafe cnet_recvmmsg(
      socket.number, messages, UInt32(DatagramBatch.capacity), Int32(MSG_DONTWAIT))
    if count >= 0 { return Int(count) }
    return errno == EAGAIN || errno == EINTR ? 0 : -Int(errno)
  }

  @inline(__always)
  package func length(_ slot: Int) -> Int { unsafe Int(messages[slot].length) }

  /// Who sent it.
  @inline(__always)
  package func peer(_ slot: Int) -> SocketAddress {
    precondition(slot >= 0 && slot < DatagramBatch.capacity)
    return unsafe SocketAddress(kernel: addresses + slot * DatagramBatch.addressSize)
  }

  /// The way back for a reply that leaves later than this batch.
  package func returnPath(_ slot: Int) -> ReturnPath {
    var path = ReturnPath(peer: peer(slot))
    if unsafe messages[slot].header.msg_controllen > 0 { unsafe path.keepLocalAddress(of: messages + slot) }
    return path
  }

  /// The whole slot: the datagram lies in its first `length(slot)` octets, a reply may fill it.
  @inline(__always)
  package func withSlot<R>(_ slot: Int, _ body: (inout MutableSpan<UInt8>) -> R) -> R {
    precondition(slot >= 0 && slot < DatagramBatch.capacity)
    var span = unsafe MutableSpan<UInt8>(
      _unsafeStart: (octets + slot * DatagramBatch.stride).assumingMemoryBound(to: UInt8.self),
      count: DatagramBatch.slotSize)
    return body(&span)
  }

  /// Has the first `length` octets of `slot` sent back to its peer by the next `send`.
  @inline(__always)
  package mutating func reply(_ slot: Int, length: Int) {
    precondition(slot >= 0 && slot < DatagramBatch.capacity && length <= DatagramBatch.slotSize)
    unsafe replies.add(answering: messages + slot, octets: octets + slot * DatagramBatch.stride, length: length)
  }

  /// Sends every reply added since the last call.
  package mutating func send(to socket: inout DatagramSocket) {
    replies.send(to: &socket)
  }
}

/// Where a delayed reply goes, and from which of our addresses.
package struct ReturnPath: BitwiseCopyable, Sendable {
  package let peer: SocketAddress
  /// The control message that names our address on a wildcard socket; empty otherwise.
  private(set) var control = InlineArray<40, UInt8>(repeating: 0)
  private(set) var controlLength = 0

  package init(peer: SocketAddress) { self.peer = peer }

  mutating func keepLocalAddress(of message: UnsafeMutablePointer<cnet_message>) {
    var span = control.mutableSpan
    controlLength = unsafe span.withUnsafeMutableBytes { target in
      unsafe Int(cnet_reply_control(&message.pointee.header, target.baseAddress, UInt(target.count)))
    }
  }
}
