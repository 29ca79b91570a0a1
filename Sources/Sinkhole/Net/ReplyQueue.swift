import CNet
import Glibc

/// Replies on their way out of one batch: pointers to where each lies, and its peer.
///
/// Replies of one length to one peer leave as one `UDP_SEGMENT` train where the socket can: the
/// kernel then walks its send path once for all of them. It takes a peer with several queries in one
/// batch (another forwarder, a NAT) to matter, and costs nothing where there is none.
@safe
struct ReplyQueue: ~Copyable {
  @unsafe private struct Entry {
    var message: UnsafeMutablePointer<cnet_message>
    var octets: UnsafeMutableRawPointer
    var length: Int
    var isTaken: Bool
    /// Which message carries it.
    var train = 0
  }

  // Safe: allocated in init, freed in deinit; `count` never passes `capacity`.
  private let capacity: Int
  private var count = 0
  private let entries: UnsafeMutablePointer<Entry>
  private let messages: UnsafeMutablePointer<cnet_message>
  private let vectors: UnsafeMutablePointer<iovec>
  private let controls: UnsafeMutableRawPointer
  private static let controlSize = Int(CNET_CONTROL_CAPACITY)

  init(capacity: Int) {
    self.capacity = capacity
    unsafe entries = .allocate(capacity: capacity)
    unsafe messages = .allocate(capacity: capacity)
    unsafe messages.initialize(repeating: cnet_message(), count: capacity)
    unsafe vectors = .allocate(capacity: capacity)
    unsafe controls = .allocate(byteCount: capacity * ReplyQueue.controlSize, alignment: 8)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe messages.deallocate()
    unsafe vectors.deallocate()
    unsafe controls.deallocate()
  }

  /// `octets` and `message` stay as they are until `send`.
  mutating func add(
    answering message: UnsafeMutablePointer<cnet_message>, octets: UnsafeMutableRawPointer, length: Int
  ) {
    precondition(count < capacity)
    unsafe entries[count] = unsafe Entry(message: message, octets: octets, length: length, isTaken: false)
    count += 1
  }

  mutating func send(to socket: inout DatagramSocket) {
    guard count > 0 else { return }
    defer { count = 0 }
    if socket.sendsTrains, count > 1 {
      sendTrains(to: &socket)
    } else {
      for index in 0..<count { prepare(index, of: index, first: index, vectors: 1, socket: socket) }
      _ = deliver(count, socket: socket)
    }
  }

  /// Groups what goes to one peer with one length; at most 64 segments make a train (the kernel's limit).
  private mutating func sendTrains(to socket: inout DatagramSocket) {
    var trains = 0
    var used = 0
    for index in 0..<count where unsafe !entries[index].isTaken {
      let first = used
      for other in index..<count where unsafe !entries[other].isTaken {
        guard unsafe entries[other].length == entries[index].length,
          unsafe other == index || ReplyQueue.samePeer(entries[index].message, entries[other].message)
        else { continue }
        unsafe entries[other].isTaken = true
        unsafe entries[other].train = trains
        unsafe vectors[used] = iovec(iov_base: entries[other].octets, iov_len: entries[other].length)
        used += 1
      }
      prepare(trains, of: index, first: first, vectors: used - first, socket: socket)
      trains += 1
    }
    guard let failed = deliver(trains, socket: socket) else { return }
    // EINVAL may be this peer's route, whose packets are smaller than the segments. The others are a device without
    // checksum offload, or an old kernel: never again on this socket.
    if failed.number != EINVAL { socket.sendsTrains = false }
    var left = 0
    for index in 0..<count where unsafe entries[index].train >= failed.message {
      prepare(left, of: index, first: index, vectors: 1, socket: socket)
      left += 1
    }
    _ = deliver(left, socket: socket)
  }

  /// Fills message `target` for the peer of entry `index`, carrying `vectors` segments from `first` on.
  private func prepare(_ target: Int, of index: Int, first: Int, vectors count: Int, socket: borrowing DatagramSocket) {
    let control = unsafe controls + target * ReplyQueue.controlSize
    var length = 0
    if socket.namesLocalAddress, unsafe entries[index].message.pointee.header.msg_controllen > 0 {
      length = unsafe Int(
        cnet_reply_control(&entries[index].message.pointee.header, control, UInt(ReplyQueue.controlSize)))
    }
    if count == 1 {
      unsafe vectors[first] = iovec(iov_base: entries[index].octets, iov_len: entries[index].length)
    } else {
      length += unsafe Int(cnet_segment_control(control + length, UInt16(entries[index].length)))
    }
    unsafe messages[target].header.msg_name = entries[index].message.pointee.header.msg_name
    unsafe messages[target].header.msg_namelen = entries[index].message.pointee.header.msg_namelen
    unsafe messages[target].header.msg_iov = vectors + first
    unsafe messages[target].header.msg_iovlen = count
    unsafe messages[target].header.msg_control = length > 0 ? control : nil
    unsafe messages[target].header.msg_controllen = length
  }

  /// Sends the first `total` messages. One that the kernel refuses is passed over, as UDP may lose any, and a full
  /// socket buffer waits for nobody. A train that it will not segment ends it: returns which, and why.
  private func deliver(_ total: Int, socket: borrowing DatagramSocket) -> (message: Int, number: Int32)? {
    var sent = 0
    while sent < total {
      let count = unsafe cnet_sendmmsg(
        socket.number, messages + sent, UInt32(total - sent), Int32(MSG_DONTWAIT))
      if count > 0 {
        sent += Int(count)
        continue
      }
      let number = errno
      if number == EINTR { continue }
      let isTrain = unsafe messages[sent].header.msg_iovlen > 1
      if isTrain, number == EIO || number == EINVAL || number == ENOPROTOOPT { return (sent, number) }
      sent += 1
    }
    return nil
  }

  private static func samePeer(
    _ left: UnsafeMutablePointer<cnet_message>, _ right: UnsafeMutablePointer<cnet_message>
  ) -> Bool {
    let length = unsafe left.pointee.header.msg_namelen
    guard unsafe length == right.pointee.header.msg_namelen,
      let a = unsafe left.pointee.header.msg_name, let b = unsafe right.pointee.header.msg_name
    else { return false }
    guard unsafe memcmp(a, b, Int(length)) == 0 else { return false }
    // On a wildcard socket also which of our addresses was asked: the reply leaves from it.
    let control = unsafe left.pointee.header.msg_controllen
    guard unsafe control == right.pointee.header.msg_controllen else { return false }
    guard control > 0, let c = unsafe left.pointee.header.msg_control, let d = unsafe right.pointee.header.msg_control
    else { return true }
    return unsafe memcmp(c, d, control) == 0
  }
}
