import CNet
import Glibc

/// The listening sockets of one worker: UDP and TCP on every address.
struct ListeningSockets: ~Copyable {
  private final class Box<Value: ~Copyable> {
    private var value: Value?
    init(_ value: consuming Value) { self.value = consume value }
    func take() -> Value? { value.take() }
  }

  private var datagrams: [Box<DatagramSocket>] = []
  private var listeners: [Box<StreamListener>] = []

  /// Binds every address. Port 0 is replaced by the port that the kernel gives, the same for UDP and TCP.
  /// - Throws: `ListenError` with the address and its holder.
  init(_ addresses: inout [SocketAddress], sendsTrains: Bool) throws(ListenError) {
    for index in addresses.indices {
      let (socket, listener) = try ListeningSockets.bind(&addresses[index], sendsTrains: sendsTrains)
      datagrams.append(socket)
      listeners.append(listener)
    }
  }

  private static func bind(
    _ address: inout SocketAddress, sendsTrains: Bool
  ) throws(ListenError) -> (Box<DatagramSocket>, Box<StreamListener>) {
    var attempts = address.port == 0 ? 32 : 1
    while true {
      attempts -= 1
      var isUDP = true
      do throws(SystemError) {
        let bound = try address.port == 0 ? freePort(address) : address
        let socket = try DatagramSocket.listening(on: bound, sendsTrains: sendsTrains)
        isUDP = false
        let listener = try StreamListener(on: bound)
        address = bound
        return (Box(socket), Box(listener))
      } catch {
        // The kernel gave a UDP port whose TCP twin is taken: another, a few times.
        if attempts > 0 { continue }
        throw ListenError(address: address, isUDP: isUDP, cause: error)
      }
    }
  }

  /// `address` with a port that nobody holds. Asked with SO_REUSEPORT, the kernel may give one that another
  /// server of the same user shares already.
  private static func freePort(_ address: SocketAddress) throws(SystemError) -> SocketAddress {
    let probe = try Descriptor.socket(for: address, type: SOCK_DGRAM)
    try probe.bind(to: address)
    return SocketAddress(address.address, port: probe.localAddress.port, scope: address.scope)
  }

  mutating func nextDatagramSocket() -> DatagramSocket? {
    datagrams.isEmpty ? nil : datagrams.removeFirst().take()
  }

  mutating func nextListener() -> StreamListener? {
    listeners.isEmpty ? nil : listeners.removeFirst().take()
  }

  /// Binds and lets go again without SO_REUSEPORT, which fails when anybody else holds the address. With it, a
  /// second server of the same user would silently share our port and take half of the queries.
  static func checkFree(_ address: SocketAddress, udp: Bool = true, key: String = "listen.dns") throws(ListenError) {
    guard address.port != 0 else { return }
    for isUDP in udp ? [true, false] : [false] {
      do throws(SystemError) {
        let probe = try Descriptor.socket(for: address, type: isUDP ? SOCK_DGRAM : SOCK_STREAM)
        if !isUDP { probe.reuseAddress() }
        try probe.bind(to: address)
      } catch {
        throw ListenError(address: address, isUDP: isUDP, cause: error, key: key)
      }
    }
  }
}

/// An address that could not be listened on.
package struct ListenError: Error, CustomStringConvertible, Sendable {
  package let address: SocketAddress
  package let isUDP: Bool
  package let cause: SystemError
  /// The configuration key that names the address.
  package var key = "listen.dns"

  package var description: String {
    let what = "cannot listen on \(address) (\(isUDP ? "UDP" : "TCP"))"
    switch cause.number {
    case EADDRINUSE:
      let holder = PortHolder.find(port: address.port, isUDP: isUDP) ?? "another process"
      return "\(what): held by \(holder). Stop it, or choose another address in \(key)."
    case EACCES:
      return "\(what): permission denied. Ports below 1024 need CAP_NET_BIND_SERVICE."
    case EADDRNOTAVAIL:
      return "\(what): no such address on this machine. Correct \(key)."
    default:
      return "\(what): \(cause)."
    }
  }
}
