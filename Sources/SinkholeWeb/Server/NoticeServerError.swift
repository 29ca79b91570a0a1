import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why the notice server cannot listen.
package struct NoticeServerError: Error, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// Another socket has the port.
    case addressInUse
    /// No interface of this machine has the address.
    case addressNotAvailable
    /// The port is below 1024 and the process may not take it.
    case permissionDenied
    /// The configured address is no literal IPv4 or IPv6 address, or the port is not 0 to 65535.
    case notAnAddress
    /// Anything else the system says.
    case cannotListen
  }

  package let code: Code
  package let address: String
  package let port: Int
  /// Of the configuration, where the address stands.
  let key: String
  /// The system's own words, empty where it was not asked.
  package let cause: String

  /// For people: what is wrong, then the remedy.
  package var description: String {
    let place = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    switch code {
    case .addressInUse:
      return
        "notice server: \(place) is already in use. Stop the other program or choose another port in \(key)."
    case .addressNotAvailable:
      return "notice server: this machine has no address \(address). Choose one of its own in \(key)."
    case .permissionDenied:
      return "notice server: no permission to listen on \(place). Start as root, or grant CAP_NET_BIND_SERVICE."
    case .notAnAddress:
      return
        "notice server: \(place) is not an IP address with a port. Write \(key) like 127.0.0.1:80 or [::1]:80."
    case .cannotListen:
      return "notice server: cannot listen on \(place): \(cause)"
    }
  }

  /// What the system answered to listening on `address`.
  init(_ error: IOError, address: String, port: Int, key: String) {
    code =
      switch error.errnoCode {
      case EADDRINUSE: .addressInUse
      case EADDRNOTAVAIL: .addressNotAvailable
      case EACCES, EPERM: .permissionDenied
      default: .cannotListen
      }
    self.address = address
    self.port = port
    self.key = key
    cause = "\(error)"
  }

  init(notAnAddress address: String, port: Int, key: String) {
    (code, self.address, self.port, self.key, cause) = (.notAnAddress, address, port, key, "")
  }
}
