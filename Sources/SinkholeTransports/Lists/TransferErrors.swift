import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// What the client's errors mean for a list, in words.
extension FetchFailure {
  init(_ error: StoreError) {
    self.init(error.code == .busy ? .busy : .storage, error.description)
  }

  /// An error before the head of a response has come.
  init(awaitingHead error: any Error, from place: SourceURL) {
    let host = place.authority
    if FetchFailure.isCancellation(error) {
      self.init(.cancelled, "given up")
    } else if FetchFailure.isTimeout(error) {
      self.init(.timeout, "no connection to \(host) in time")
    } else if let error = error as? NIOConnectionError {
      self.init(connecting: error, to: host)
    } else if let error = error as? IOError {
      self.init(.connection, "no connection to \(host): \(FetchFailure.text(error))")
    } else if FetchFailure.isEarlyEnd(error) {
      self.init(.connection, "\(host) ended the connection without an answer")
    } else if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
      self.init(securing: error, to: host)
    } else if error is HTTPParserError {
      self.init(.malformed, "no HTTP from \(host): \(error)")
    } else {
      self.init(.connection, "no answer from \(host): \(error)")
    }
  }

  /// An error while a body comes, or is written.
  init(receivingBody error: any Error) {
    if let failure = error as? FetchFailure {
      self = failure
    } else if let failure = error as? StoreError {
      self.init(failure)
    } else if FetchFailure.isCancellation(error) {
      self.init(.cancelled, "given up")
    } else if let error = error as? NIOHTTPDecompression.DecompressionError {
      if error == .limit {
        self.init(
          .overcompressed,
          "more than \(ListTransfer.maximumRatio) octets from one compressed octet, expected a list: a bomb")
      } else {
        self.init(.malformed, "the body is not well-formed gzip or deflate: \(error)")
      }
    } else if let error = error as? NIOHTTPDecompression.ExtraDecompressionError {
      if error == .truncatedData {
        self.init(.truncated, "the compressed body ended early")
      } else {
        self.init(.malformed, "the body is not well-formed gzip or deflate: \(error)")
      }
    } else if FetchFailure.isEarlyEnd(error) {
      self.init(.truncated, "the connection ended before the body did")
    } else {
      self.init(.malformed, "the body could not be read: \(error)")
    }
  }

  private init(connecting error: NIOConnectionError, to host: String) {
    guard let first = error.connectionErrors.first else {
      self.init(.connection, "\(host) has no address: the system's resolver gave none")
      return
    }
    let cause = (first.error as? IOError).map(FetchFailure.text) ?? "\(first.error)"
    self.init(FetchFailure.isTimeout(first.error) ? .timeout : .connection, "no connection to \(host): \(cause)")
  }

  private init(securing error: any Error, to host: String) {
    if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
      self.init(.certificate, "the certificate of \(host) is for another name")
    } else if let error = error as? NIOSSLError, error == .noSuchFilesystemObject || error == .failedToLoadCertificate {
      self.init(.certificate, "the file of trusted certificates cannot be read. Correct its path, or its content")
    } else if "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
      self.init(.certificate, "no trusted certificate vouches for \(host)")
    } else {
      self.init(.certificate, "no TLS with \(host): \(error)")
    }
  }

  private static func text(_ error: IOError) -> String { unsafe String(cString: strerror(error.errnoCode)) }

  private static func isCancellation(_ error: any Error) -> Bool {
    error is CancellationError || (error as? HTTPClientError) == .cancelled
  }

  private static func isTimeout(_ error: any Error) -> Bool {
    if let error = error as? HTTPClientError {
      return [.connectTimeout, .tlsHandshakeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout].contains(error)
    }
    if case .connectTimeout = error as? ChannelError { return true }
    return false
  }

  private static func isEarlyEnd(_ error: any Error) -> Bool {
    (error as? HTTPParserError) == .invalidEOFState || (error as? HTTPClientError) == .remoteConnectionClosed
      || (error as? NIOSSLError) == .uncleanShutdown || error is IOError
  }
}
