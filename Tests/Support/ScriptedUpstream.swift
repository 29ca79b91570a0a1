import Foundation
import Glibc
import Synchronization

/// An upstream that does what a test says: for each query a list of acts. UDP and TCP on one loopback port.
package final class ScriptedUpstream: Sendable {
  package enum Act: Sendable {
    /// These octets go back.
    case send([UInt8])
    /// So many milliseconds pass first.
    case wait(Int)
    /// TCP only: the connection ends.
    case close
  }

  package struct Received: Sendable {
    package let octets: [UInt8]
    package let isStream: Bool
    /// The source port of the query.
    package let port: UInt16
  }

  package let port: UInt16
  private let script: @Sendable (Received) -> [Act]
  private let log = Mutex<[Received]>([])
  private let isStopped = Atomic<Bool>(false)
  private let accepted = Atomic<Int>(0)
  private let datagrams: TestSocket
  private let listener: TestSocket

  /// - Parameter script: what to do about each query; an empty list is silence.
  package init(_ script: @escaping @Sendable (Received) -> [Act]) throws {
    var pair: (TestSocket, TestSocket)?
    for _ in 0..<32 {
      let udp = try TestSocket()
      if let tcp = try? TestSocket(listening: udp.port, stream: true) {
        pair = (udp, tcp)
        break
      }
    }
    guard let pair else { throw TestSocket.Failure(text: "no free port for both transports") }
    (datagrams, listener) = pair
    port = datagrams.port
    self.script = script
    datagrams.setTimeout(1)
    listener.setTimeout(1)
    Thread.detachNewThread { [self] in serveDatagrams() }
    Thread.detachNewThread { [self] in serveStreams() }
  }

  /// Answers every A with `address`, everything else with no data and an SOA.
  package static func answering(_ address: String = "192.0.2.80", ttl: UInt32 = 60) throws -> ScriptedUpstream {
    try ScriptedUpstream { query in
      var offset = 12
      _ = Message.name(query.octets, &offset)
      let isAddress = Message.uint16(query.octets, offset) == 1
      return [
        .send(
          Message.response(
            to: query.octets, answers: isAddress ? [Message.address(address, ttl: ttl)] : [],
            authority: isAddress ? [] : [Message.soa(owner: "org")]))
      ]
    }
  }

  package func stop() { isStopped.store(true, ordering: .releasing) }

  /// TCP connections so far.
  package var connections: Int { accepted.load(ordering: .acquiring) }

  /// Every query so far.
  package var received: [Received] { log.withLock { $0 } }

  private func serveDatagrams() {
    while !isStopped.load(ordering: .acquiring) {
      var peer = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = withUnsafeMutablePointer(to: &peer) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(datagrams.descriptor, &buffer, buffer.count, 0, $0, &length)
        }
      }
      guard count > 0 else { continue }
      let query = Received(octets: Array(buffer[..<count]), isStream: false, port: UInt16(bigEndian: peer.sin_port))
      log.withLock { $0.append(query) }
      let acts = script(query)
      let address = peer
      let work: @Sendable () -> Void = { [self] in
        for act in acts {
          switch act {
          case .wait(let milliseconds): usleep(UInt32(milliseconds) * 1000)
          case .close: break
          case .send(let octets):
            var target = address
            _ = withUnsafeMutablePointer(to: &target) { pointer in
              pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(datagrams.descriptor, octets, octets.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
              }
            }
          }
        }
      }
      let waits = acts.contains { if case .wait = $0 { true } else { false } }
      if waits { Thread.detachNewThread(work) } else { work() }
    }
  }

  private func serveStreams() {
    while !isStopped.load(ordering: .acquiring) {
      let descriptor = accept(listener.descriptor, nil, nil)
      guard descriptor >= 0 else { continue }
      accepted.add(1, ordering: .releasing)
      Thread.detachNewThread { [self] in
        let connection = TestSocket(adopting: descriptor)
        while let octets = connection.receiveMessage() {
          let query = Received(octets: octets, isStream: true, port: 0)
          log.withLock { $0.append(query) }
          for act in script(query) {
            switch act {
            case .wait(let milliseconds): usleep(UInt32(milliseconds) * 1000)
            case .close: return
            case .send(let octets): connection.sendMessage(octets)
            }
          }
        }
      }
    }
  }
}
