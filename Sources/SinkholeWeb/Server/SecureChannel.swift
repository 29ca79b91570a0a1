import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypesHTTP2
import NIOSSL
import NIOTLS

/// Sets a connection up that begins with TLS: the gate, then the name that the client asks for, then TLS with that name's
/// certificate, then HTTP/1.1 or HTTP/2 as the two agree (RFC 7301).
///
/// The name is read from the first message before TLS sees it, for three reasons: the client's address decides with it
/// what is shown; who gets no certificate gets the alert that says so, at once and for a few octets; and TLS is set up
/// once, with the certificate in it.
struct SecureChannel: ServerChildChannel {
  typealias Exchange = HTTP1Channel.Value

  enum Negotiated: Sendable {
    case http1(Exchange)
    case http2(NIOHTTP2Handler.AsyncStreamMultiplexer<Exchange>)
  }

  struct Negotiation: ServerChildChannelValue {
    let negotiated: EventLoopFuture<Negotiated>
    let channel: any Channel
  }

  /// Octets of the first message: a record, with room for what a hasty client sends behind it.
  private static let maximumHello = 1 << 17
  /// Streams that a client may have open at once: a page asks for itself and an icon.
  private static let maximumStreams = 16

  let certificates: NoticeCertificates
  let admission: ConnectionGate.Admission
  let takesForms: Bool
  let http: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Negotiation> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result, channel in
        if case .negotiated("h2") = result { return speakHTTP2(channel, logger) }
        // Agreed, or nothing was said of protocols at all.
        return http.setup(channel: channel, logger: logger).map { .http1($0) }
      }
      let hello = ByteToMessageHandler(
        SNIHandler { result in begin(result, on: channel) }, maximumBufferSize: SecureChannel.maximumHello)
      try pipeline.addHandler(ConnectionGate(admission))
      try pipeline.addHandler(hello)
      try pipeline.addHandler(HandshakeWatch(certificates))
      try pipeline.addHandler(negotiation)
      return Negotiation(negotiated: negotiation.protocolNegotiationResult, channel: channel)
    }
  }

  func handle(value: Negotiation, logger: Logger) async {
    // What fails here was told where it failed.
    guard let negotiated = try? await value.negotiated.get() else { return }
    switch negotiated {
    case .http1(let exchange): await http.handle(value: exchange, logger: logger)
    case .http2(let streams):
      // Ends with the connection, by its end or by its failure.
      try? await withThrowingDiscardingTaskGroup { group in
        for try await exchange in streams.inbound {
          group.addTask { await http.handle(value: exchange, logger: logger) }
        }
      }
    }
  }

  /// The client has said which name it wants.
  private func begin(_ result: SNIResult, on channel: any Channel) -> EventLoopFuture<Void> {
    let name: String? = if case .hostname(let name) = result { name } else { nil }
    switch certificates.answer(to: name, from: ClientAddress(channel.remoteAddress)) {
    case .serve(let context):
      return channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        let hello = try pipeline.handler(type: ByteToMessageHandler<SNIHandler>.self)
        try pipeline.addHandler(NIOSSLServerHandler(context: context), position: .after(hello))
      }
    case .refuse(let refusal):
      let alert = ByteBuffer(bytes: refusal.alert)
      channel.writeAndFlush(alert).whenComplete { _ in channel.close(promise: nil) }
      // The message stays where it is: nobody is to read it.
      return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
  }

  private func speakHTTP2(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Negotiated> {
    channel.eventLoop.makeCompletedFuture {
      let limits = admission.limits
      var configuration = NIOHTTP2Handler.Configuration()
      // The decoder holds the first head to 16 KiB all the same: settings count once the client has acknowledged them.
      configuration.connection.initialSettings = [
        HTTP2Setting(parameter: .maxConcurrentStreams, value: SecureChannel.maximumStreams),
        HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerOctets),
      ]
      let streams = Farewell.Streams()
      let multiplexer = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
        mode: .server, streamDelegate: streams, configuration: configuration
      ) { stream in
        stream.eventLoop.makeCompletedFuture {
          try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPServerCodec())
          try stream.pipeline.syncOperations.addHandler(
            SingleExchange(on: .stream, limits: limits, takesForms: takesForms))
          return try Exchange(wrappingChannelSynchronously: stream)
        }
      }
      try channel.pipeline.syncOperations.addHandler(Farewell(streams, linger: limits.linger))
      return .http2(multiplexer)
    }
  }
}

/// Counts handshakes, and closes what fails in TLS, or goes away or is to end before there is any.
private final class HandshakeWatch: ChannelInboundHandler {
  typealias InboundIn = Any
  typealias InboundOut = Any

  private let certificates: NoticeCertificates
  private var isComplete = false

  init(_ certificates: NoticeCertificates) { self.certificates = certificates }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted:
      isComplete = true
      certificates.count(.handshakes)
    case is ChannelShouldQuiesceEvent where !isComplete, ChannelEvent.inputClosed where !isComplete:
      // Later the exchange sees to it.
      context.close(promise: nil)
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isComplete { certificates.noteFailedHandshake() }
    context.close(promise: nil)
  }
}
