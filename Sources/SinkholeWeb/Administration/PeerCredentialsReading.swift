import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `struct ucred`, which the system's module leaves out: three words of 32 bits.
private struct KernelCredentials: Sendable {
  let process: Int32
  let user: UInt32
  let group: UInt32
}

extension PeerCredentials {
  /// SO_PEERCRED of a Unix socket: who called connect(2), by the kernel. Nil when the connection has gone, or is no such one.
  static func read(of channel: any Channel) async -> PeerCredentials? {
    guard let provider = channel as? any SocketOptionProvider else { return nil }
    // The kernel writes a `ucred` for this option of this level, and nothing else.
    let future: EventLoopFuture<KernelCredentials> = provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    guard let credentials = try? await future.get(), credentials.process > 0 else { return nil }
    return PeerCredentials(user: credentials.user, process: credentials.process)
  }
}
