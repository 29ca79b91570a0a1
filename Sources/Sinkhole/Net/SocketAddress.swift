import CNet
import Glibc

/// An address and port, as the kernel's socket calls take them.
package struct SocketAddress: BitwiseCopyable, Hashable, Sendable, CustomStringConvertible {
  package let address: IPAddress
  package let port: UInt16
  /// The interface of a link-local IPv6 address, otherwise 0.
  package let scope: UInt32

  package init(_ address: IPAddress, port: UInt16, scope: UInt32 = 0) {
    self.address = address
    self.port = port
    self.scope = scope
  }

  /// Reads `192.0.2.1:53`, `[2001:db8::1]:53`, and a lone address when there is a `defaultPort`.
  package init?(_ text: String, defaultPort: UInt16? = nil) {
    var host = Substring(text)
    var port = defaultPort
    if text.hasPrefix("[") {
      guard let bracket = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<bracket]
      let rest = text[text.index(after: bracket)...]
      if !rest.isEmpty {
        guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon {
      guard let number = UInt16(text[text.index(after: colon)...]) else { return nil }
      host = text[..<colon]
      port = number
    }
    guard let address = IPAddress(String(host)), let port else { return nil }
    self.init(address, port: port)
  }

  package var description: String {
    address.family == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }

  var domain: Int32 { address.family == .v4 ? AF_INET : AF_INET6 }

  /// Octets of the kernel's form.
  @inline(__always)
  var kernelLength: socklen_t {
    socklen_t(address.family == .v4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
  }

  /// Writes the kernel's form to `storage`, which holds at least 28 octets.
  @inline(__always)
  func encode(to storage: UnsafeMutableRawPointer) {
    switch address.family {
    case .v4:
      var form = sockaddr_in()
      form.sin_family = sa_family_t(AF_INET)
      form.sin_port = port.bigEndian
      form.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
      unsafe storage.storeBytes(of: form, as: sockaddr_in.self)
    case .v6:
      var form = sockaddr_in6()
      form.sin6_family = sa_family_t(AF_INET6)
      form.sin6_port = port.bigEndian
      form.sin6_addr = address.in6
      form.sin6_scope_id = scope
      unsafe storage.storeBytes(of: form, as: sockaddr_in6.self)
    }
  }

  /// Reads the kernel's form from 28 octets; anything but the two families is `0.0.0.0:0`.
  @inline(__always)
  init(kernel storage: UnsafeRawPointer) {
    switch unsafe Int32(storage.load(as: sa_family_t.self)) {
    case AF_INET:
      let form = unsafe storage.load(as: sockaddr_in.self)
      self.init(IPAddress(v4: UInt32(bigEndian: form.sin_addr.s_addr)), port: UInt16(bigEndian: form.sin_port))
    case AF_INET6:
      let form = unsafe storage.load(as: sockaddr_in6.self)
      self.init(IPAddress(form.sin6_addr), port: UInt16(bigEndian: form.sin6_port), scope: form.sin6_scope_id)
    default:
      self.init(IPAddress(v4: 0), port: 0)
    }
  }

  /// Calls `body` with the kernel's form.
  func withKernelForm<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { storage in
      guard let base = storage.baseAddress else { preconditionFailure("no stack") }
      unsafe encode(to: base)
      return unsafe body(UnsafePointer(base.assumingMemoryBound(to: sockaddr.self)), kernelLength)
    }
  }
}
