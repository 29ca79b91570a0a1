import Foundation
import Glibc

/// Blocking loopback sockets with time-outs: what a careful stub, or a careless one, would do.
package final class TestSocket: @unchecked Sendable {
  package let descriptor: Int32
  package let isStream: Bool

  package struct Failure: Error { package let text: String }

  /// A client of `port`; `from` binds the client's own address.
  package init(port: UInt16, stream: Bool = false, address: String = "127.0.0.1", from: String? = nil, seconds: Int = 3) throws {
    isStream = stream
    let family = address.contains(":") ? AF_INET6 : AF_INET
    descriptor = socket(family, Int32((stream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
    if let from { try TestSocket.call(descriptor, from, 0, Glibc.bind) }
    try TestSocket.call(descriptor, address, port, Glibc.connect)
    setTimeout(seconds)
  }

  /// A server on a free port of loopback, or on `port`.
  package init(listening port: UInt16 = 0, stream: Bool = false) throws {
    isStream = stream
    descriptor = socket(AF_INET, Int32((stream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    try TestSocket.call(descriptor, "127.0.0.1", port, Glibc.bind)
    if stream { listen(descriptor, 128) }
  }

  /// A datagram port that refuses everybody for as long as this lives, and that no other test can be given meanwhile:
  /// connected to one that nobody has, it takes from there alone.
  package static func refusing() throws -> TestSocket { try TestSocket(port: 9) }

  package init(adopting descriptor: Int32) {
    self.descriptor = descriptor
    isStream = true
    setTimeout(3)
  }

  deinit { close(descriptor) }

  package func setTimeout(_ seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  package var port: UInt16 {
    var form = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &form) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return UInt16(bigEndian: form.sin_port)
  }

  private static func call(
    _ descriptor: Int32, _ address: String, _ port: UInt16, _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
  ) throws {
    var result: Int32
    if address.contains(":") {
      var form = sockaddr_in6()
      form.sin6_family = sa_family_t(AF_INET6)
      form.sin6_port = port.bigEndian
      inet_pton(AF_INET6, address, &form.sin6_addr)
      result = withUnsafePointer(to: &form) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    } else {
      var form = sockaddr_in()
      form.sin_family = sa_family_t(AF_INET)
      form.sin_port = port.bigEndian
      inet_pton(AF_INET, address, &form.sin_addr)
      result = withUnsafePointer(to: &form) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
      }
    }
    guard result == 0 else { throw Failure(text: "\(address):\(port): \(String(cString: strerror(errno)))") }
  }

  /// Sends octets as they are.
  package func send(_ octets: [UInt8]) {
    var sent = 0
    while sent < octets.count || octets.isEmpty {
      let count = octets[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 || !isStream { return }
      sent += count
    }
  }

  /// One datagram, or what a stream has now; nil after the time-out, empty at a stream's end.
  package func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count < 0 ? nil : Array(buffer[..<count])
  }

  /// Half-closes.
  package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Sends a message, with its length before it on a stream.
  package func sendMessage(_ octets: [UInt8]) {
    send(isStream ? Message.be(UInt16(octets.count)) + octets : octets)
  }

  private var rest: [UInt8] = []

  /// The next message; nil after the time-out or at the end.
  package func receiveMessage() -> [UInt8]? {
    guard isStream else { return receive() }
    while true {
      if rest.count >= 2 {
        let length = Int(Message.uint16(rest, 0))
        if rest.count >= 2 + length {
          let message = Array(rest[2..<(2 + length)])
          rest.removeFirst(2 + length)
          return message
        }
      }
      guard let more = receive(), !more.isEmpty else { return nil }
      rest += more
    }
  }

  /// Asks and reads the answer; nil when there is none within the time-out, or when it is not well formed.
  package func ask(_ query: [UInt8]) -> Message? {
    sendMessage(query)
    return receiveMessage().flatMap(Message.init)
  }
}
