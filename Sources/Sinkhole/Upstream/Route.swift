/// The way back to the stub of a query that waits.
package struct Route: BitwiseCopyable, Sendable {
  /// Index of the UDP socket that it came by, or -1 for a connection.
  package let socket: Int
  package let path: ReturnPath
  /// Which connection, when it came over TCP: opaque to all but the server.
  package let connection: UInt64

  package init(socket: Int, path: ReturnPath) {
    self.socket = socket
    self.path = path
    connection = 0
  }

  package init(connection: UInt64, peer: SocketAddress) {
    socket = -1
    path = ReturnPath(peer: peer)
    self.connection = connection
  }
}

/// Takes responses that waited. The worker is one.
package protocol ReplySink: AnyObject {
  /// Lends a buffer for one response to `waiter`, and sends the octets that `write` says it has.
  ///
  /// - Parameter alias: what the policy led the stub to.
  func reply(
    to waiter: Waiter, alias: AliasChain?, _ write: (inout MutableSpan<UInt8>) -> ForwardedReply)
}

/// What was written for a stub.
package struct ForwardedReply {
  /// Octets; 0: nothing, and nothing is sent.
  package let length: Int
  /// What of an upstream's response the policy may have something to say about; nil for what is none.
  package let traits: MessageWalk.Traits?
}
