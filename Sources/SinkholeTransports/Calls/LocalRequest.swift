import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request over HTTP to a server on this machine that listens on a Unix socket.
package struct LocalRequest: Sendable {
  private static let timeout = TimeAmount.seconds(60)
  private static let maximumBody = 16 << 20

  package struct Failure: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  package struct Answer: Sendable {
    package let status: Int
    package let body: [UInt8]
  }

  private let socket: String

  /// - Parameter socket: its path.
  package init(socket: String) { self.socket = socket }

  /// - Parameters:
  ///   - path: with what stands behind a `?`.
  ///   - json: the body of a POST; nil makes it a GET.
  package func send(_ path: String, _ json: String? = nil) async throws(Failure) -> Answer {
    let client = HTTPClient(
      configuration: .init(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5))))
    do {
      let answer = try await send(path, json, client)
      try await client.shutdown()
      return answer
    } catch {
      try? await client.shutdown()
      throw Failure(
        description: "no answer at \(socket): \(error). Start sinkholed run, give --socket, or see who may open it.")
    }
  }

  private func send(_ path: String, _ json: String?, _ client: HTTPClient) async throws -> Answer {
    var request = HTTPClientRequest(url: "http+unix://\(LocalRequest.escaped(socket))\(path)")
    request.headers = ["Host": "localhost", "Connection": "close"]
    if let json {
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: json))
    }
    let response = try await client.execute(request, deadline: .now() + LocalRequest.timeout)
    let body = try await response.body.collect(upTo: LocalRequest.maximumBody)
    return Answer(status: Int(response.status.code), body: Array(buffer: body))
  }

  /// The path as the host of a URL.
  private static func escaped(_ path: String) -> String {
    path.utf8.map { octet in
      switch octet {
      case 0x2D, 0x2E, 0x5F, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(octet))
      default: "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
