import NIOCore
import NIOHTTP2
import Synchronization

/// Ends a connection of HTTP/2 after its first response, as HTTP/1 ends one: so that the browser looks the name up anew
/// for whatever it asks next, which may be open by then.
///
/// 1. Before the first response GOAWAY names the last stream that has begun; those above it are never looked at, and the
///    client asks for them elsewhere (RFC 9113 section 6.8). Behind the response it would come too late for clients that
///    ask the next thing as soon as they have it.
/// 2. When the streams that have begun are through, the connection is closed; `linger` after the first response in any case.
final class Farewell: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  /// Told to the connection's pipeline by a stream.
  struct ResponseBegins: Sendable {}
  struct ResponseWritten: Sendable {}
  private struct StreamClosed: Sendable {}

  /// Counts streams; called on the connection's event loop, by a protocol that does not promise it.
  final class Streams: NIOHTTP2StreamDelegate {
    private let state = Mutex((open: 0, last: HTTP2StreamID.rootStream))

    var open: Int { state.withLock { $0.open } }
    var last: HTTP2StreamID { state.withLock { $0.last } }

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
      state.withLock { $0 = ($0.open + 1, max($0.last, id)) }
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
      state.withLock { $0.open -= 1 }
      channel.parent?.pipeline.fireUserInboundEventTriggered(StreamClosed())
    }
  }

  private let streams: Streams
  private let linger: Duration
  private var hasSaidGoodbye = false
  private var timer: Scheduled<Void>?

  init(_ streams: Streams, linger: Duration) {
    self.streams = streams
    self.linger = linger
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ResponseBegins: sayGoodbye(context)
    case is ResponseWritten: leave(context)
    case is ChannelShouldQuiesceEvent:
      sayGoodbye(context)
      closeWhenDone(context)
    case is StreamClosed:
      // A stream closes in the middle of writing its last frame, which has to leave first.
      context.eventLoop.assumeIsolated().execute { self.closeWhenDone(context) }
    case ChannelEvent.inputClosed: context.close(promise: nil)
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// A connection that breaks the protocol has nothing more to say.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }

  private func sayGoodbye(_ context: ChannelHandlerContext) {
    guard !hasSaidGoodbye else { return }
    hasSaidGoodbye = true
    let frame = HTTP2Frame(
      streamID: .rootStream,
      payload: .goAway(lastStreamID: streams.last, errorCode: .noError, opaqueData: nil))
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
  }

  private func leave(_ context: ChannelHandlerContext) {
    closeWhenDone(context)
    guard timer == nil else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(linger)) {
      context.close(promise: nil)
    }
  }

  private func closeWhenDone(_ context: ChannelHandlerContext) {
    if hasSaidGoodbye, streams.open == 0 { context.close(promise: nil) }
  }
}
