import CNet
import Glibc

/// Datagrams that do not answer a batch in place: queries to an upstream, and replies that waited.
/// Up to 32 copies of at most 4,096 octets each, sent by one `sendmmsg`.
@safe
package struct OutgoingDatagrams: ~Copyable {
  package static let capacity = 32
  private static let slotSize = 4096
  private static let controlSize = 40

  // Safe: allocated in init, freed in deinit; every slot is below `capacity`.
  private let octets: UnsafeMutableRawPointer
  private let addresses: UnsafeMutableRawPointer
  private let controls: UnsafeMutableRawPointer
  private let vectors: UnsafeMutablePointer<iovec>
  private let messages: UnsafeMutablePointer<cnet_message>
  package private(set) var count = 0

  package init() {
    let capacity = OutgoingDatagrams.capacity
    unsafe octets = .allocate(byteCount: capacity * OutgoingDatagrams.slotSize, alignment: 64)
    unsafe addresses = .allocate(byteCount: capacity * 32, alignment: 64)
    unsafe controls = .allocate(byteCount: capacity * OutgoingDatagrams.controlSize, alignment: 64)
    unsafe vectors = .allocate(capacity: capacity)
    unsafe messages = .allocate(capacity: capacity)
    for slot in 0..<capacity {
      unsafe vectors[slot] = iovec(iov_base: octets + slot * OutgoingDatagrams.slotSize, iov_len: 0)
      var message = unsafe cnet_message()
      unsafe message.header.msg_iov = vectors + slot
      unsafe message.header.msg_iovlen = 1
      unsafe messages[slot] = message
    }
  }

  deinit {
    unsafe octets.deallocate()
    unsafe addresses.deallocate()
    unsafe controls.deallocate()
    unsafe vectors.deallocate()
    unsafe messages.deallocate()
  }

  package var isFull: Bool { count == OutgoingDatagrams.capacity }

  /// Adds what `write` puts into the next slot; it returns the length, and 0 adds nothing. Without a
  /// path the datagram goes to the address that the socket is connected to. Not while full.
  package mutating func add(to path: ReturnPath? = nil, _ write: (inout MutableSpan<UInt8>) -> Int) {
    precondition(count < OutgoingDatagrams.capacity)
    let slot = count
    var span = unsafe MutableSpan<UInt8>(
      _unsafeStart: (octets + slot * OutgoingDatagrams.slotSize).assumingMemoryBound(to: UInt8.self),
      count: OutgoingDatagrams.slotSize)
    let length = write(&span)
    precondition(length <= OutgoingDatagrams.slotSize)
    guard length > 0 else { return }
    unsafe vectors[slot].iov_len = length
    unsafe messages[slot].header.msg_name = nil
    unsafe messages[slot].header.msg_namelen = 0
    unsafe messages[slot].header.msg_control = nil
    unsafe messages[slot].header.msg_controllen = 0
    if let path {
      let address = unsafe addresses + slot * 32
      unsafe path.peer.encode(to: address)
      unsafe messages[slot].header.msg_name = address
      unsafe messages[slot].header.msg_namelen = path.peer.kernelLength
      if path.controlLength > 0 {
        let control = unsafe controls + slot * OutgoingDatagrams.controlSize
        for index in 0..<path.controlLength {
          unsafe control.storeBytes(of: path.control[index], toByteOffset: index, as: UInt8.self)
        }
        unsafe messages[slot].header.msg_control = control
        unsafe messages[slot].header.msg_controllen = path.controlLength
      }
    }
    count += 1
  }

  /// Sends all; returns how many the kernel refused. Those are lost, as any datagram may be.
  @discardableResult
  package mutating func send(to socket: borrowing DatagramSocket) -> Int {
    var sent = 0
    var refused = 0
    var mayRepeat = true
    while sent < count {
      let done = unsafe cnet_sendmmsg(
        socket.number, messages + sent, UInt32(count - sent), Int32(MSG_DONTWAIT))
      if done > 0 {
        sent += Int(done)
      } else if errno == ECONNREFUSED, mayRepeat {
        // The fate of an earlier datagram, told here; this one was not sent yet.
        mayRepeat = false
      } else if errno != EINTR {
        sent += 1
        refused += 1
        mayRepeat = true
      }
    }
    count = 0
    return refused
  }
}
