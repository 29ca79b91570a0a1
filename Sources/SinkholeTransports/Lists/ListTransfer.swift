import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One transfer of one list: a conditional GET, redirects, and the body on its way to a file.
///
/// Each has a client of its own, so certificates are read anew, and no connection waits in a pool for the next day.
/// HTTP/1.1 only: one file a connection, and one parser less that meets the network. Nothing of a body stays in memory
/// but what is between two reads.
struct ListTransfer: Sendable {
  static let maximumRedirects = 5
  /// Octets that may come of one compressed octet. Lists have some 3 to 20, zeros have 1,030. Together with the size
  /// of a read it bounds what a bomb can put into memory before it is noticed.
  static let maximumRatio = 100
  private static let connectTimeout = Duration.seconds(10)

  enum Arrival: Sendable {
    /// 304.
    case notModified
    /// 200, and the whole body is in the file.
    case received(PartFile, Validators)
  }

  let source: RemoteSource
  /// Of the copy that is there; `.none` makes the request unconditional.
  let validators: Validators
  /// Makes the file, once there is something to put into it.
  let makeFile: @Sendable () throws(StoreError) -> PartFile

  /// - Throws: Whatever can be known without reading the body as a list.
  func run() async throws(FetchFailure) -> Arrival {
    do {
      return try await withThrowingTaskGroup(of: Arrival.self) { group in
        group.addTask { try await transfer() }
        group.addTask {
          try await Task.sleep(for: source.timeout)
          throw FetchFailure(.timeout, "not complete after \(source.timeout), expected the whole list")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
      }
    } catch {
      throw FetchFailure(receivingBody: error)
    }
  }

  private func transfer() async throws -> Arrival {
    let client = HTTPClient(configuration: configuration)
    // Not waited for: a connection that is just being made would hold us for its whole timeout.
    defer { client.shutdown { _ in } }
    let response = try await response(of: client)
    switch response.status {
    case .ok:
      return try await receive(response)
    case .notModified where validators != .none:
      return .notModified
    default:
      throw FetchFailure(.status, "the server answered \(response.status.code), expected 200")
    }
  }

  private var configuration: HTTPClient.Configuration {
    var security = TLSConfiguration.makeClientConfiguration()
    security.minimumTLSVersion = .tlsv12
    if let file = source.trustRoots { security.trustRoots = .file(file) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: security,
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(min(source.timeout, ListTransfer.connectTimeout))),
      decompression: .enabled(limit: .ratio(ListTransfer.maximumRatio)))
    configuration.httpVersion = .http1Only
    // A refused connection is known at once; trying again is the refresher's.
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }

  /// The first response that is no redirect.
  private func response(of client: HTTPClient) async throws -> HTTPClientResponse {
    var place = source.url
    for _ in 0...ListTransfer.maximumRedirects {
      let response: HTTPClientResponse
      do {
        response = try await client.execute(request(place), deadline: .distantFuture)
      } catch {
        throw FetchFailure(awaitingHead: error, from: place)
      }
      guard [301, 302, 303, 307, 308].contains(response.status.code) else { return response }
      guard let next = response.headers.first(name: "Location").flatMap(place.resolving) else {
        throw FetchFailure(.redirect, "redirected without a Location that can be fetched")
      }
      guard next.scheme == .https || place.scheme == .http else {
        throw FetchFailure(.redirect, "redirected from https to http, to \(next.authority)")
      }
      place = next
    }
    throw FetchFailure(.redirect, "redirected more than \(ListTransfer.maximumRedirects) times")
  }

  private func request(_ place: SourceURL) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: place.description)
    request.headers = [
      "User-Agent": "sinkhole", "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "close",
    ]
    if let tag = validators.entityTag { request.headers.add(name: "If-None-Match", value: tag) }
    if let date = validators.lastModified { request.headers.add(name: "If-Modified-Since", value: date) }
    return request
  }

  private func receive(_ response: HTTPClientResponse) async throws -> Arrival {
    // A coding that the client does not undo would be stored as it came.
    let codings = response.headers["Content-Encoding"].map { $0.lowercased() }
    guard codings.isEmpty || [["gzip"], ["deflate"], ["identity"]].contains(codings) else {
      throw FetchFailure(
        .encoding, "content coding \(codings.joined(separator: ", ")), expected none, gzip or deflate")
    }
    var check = BodyCheck(limit: source.maximumSize)
    if let length = response.headers.first(name: "Content-Length").flatMap({ Int($0) }) {
      try check.announce(length)
    }
    let file = try makeFile()
    do {
      for try await octets in response.body {
        try check.take(octets)
        try await NIOThreadPool.singleton.runIfActive { try file.write(octets) }
      }
      try check.finish()
    } catch {
      file.discard()
      throw FetchFailure(receivingBody: error)
    }
    return .received(
      file,
      Validators(
        entityTag: response.headers.first(name: "ETag"), lastModified: response.headers.first(name: "Last-Modified")))
  }
}
