import Glibc
import Sinkhole
import Support
import Synchronization
import Testing

/// How a stub reaches the server.
enum Transport: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case udp, tcp
  var testDescription: String { rawValue.uppercased() }
}

extension TestServer {
  func client(_ transport: Transport, seconds: Int = 3) throws -> TestSocket {
    transport == .udp ? try udp(seconds: seconds) : try tcp(seconds: seconds)
  }

  func value(_ counter: Counter) -> UInt64 { server.value(counter) }
}

/// An octet sequence that the table of a test names.
struct Shape: Sendable, CustomTestStringConvertible {
  let name: String
  let octets: [UInt8]

  init(_ name: String, _ octets: [UInt8]) {
    self.name = name
    self.octets = octets
  }

  var testDescription: String { name }
}

enum Packet {
  static let id: UInt16 = 0xBEEF

  /// A header with counts, then `body` as it is.
  static func raw(
    flags: UInt16 = 0x0100, questions: UInt16 = 1, answers: UInt16 = 0, authority: UInt16 = 0, additional: UInt16 = 0,
    _ body: [UInt8] = []
  ) -> [UInt8] {
    Message.be(id) + Message.be(flags) + Message.be(questions) + Message.be(answers) + Message.be(authority)
      + Message.be(additional) + body
  }

  static func question(_ name: [UInt8], _ type: UInt16 = 1) -> [UInt8] { name + Message.be(type) + Message.be(1) }

  /// A name of exactly `length` octets, its last labels being `suffix`.
  static func name(length: Int, under suffix: String = "") -> [UInt8] {
    let end = Message.wire(suffix)
    var left = length - end.count
    var octets: [UInt8] = []
    while left > 0 {
      // No remainder of one octet: it would have to be an empty label.
      let label = left > 65 ? 63 : left > 64 ? 32 : left - 1
      octets += [UInt8(label)] + [UInt8](repeating: 0x61, count: label)
      left -= label + 1
    }
    return octets + end
  }

  /// An option of an OPT record.
  static func option(_ code: UInt16, _ data: [UInt8] = []) -> [UInt8] {
    Message.be(code) + Message.be(UInt16(data.count)) + data
  }

  /// RDATA of a TXT record of `length` octets in all.
  static func text(length: Int) -> [UInt8] {
    var octets: [UInt8] = []
    while octets.count < length {
      let size = min(255, length - octets.count - 1)
      octets += [UInt8(size)] + [UInt8](repeating: 0x78, count: size)
    }
    return octets
  }
}

extension ScriptedUpstream.Received {
  /// The name asked for, as it was spelled.
  var spelling: String {
    var offset = 12
    return Message.name(octets, &offset) ?? ""
  }

  /// The same in small letters.
  var name: String { spelling.lowercased() }

  /// The options of its OPT by code; nil without an OPT.
  var options: [UInt16: [UInt8]]? { Message(octets)?.opt.map { _ in Message(octets)?.options.reduce(into: [:]) { $0[$1.code] = $1.data } ?? [:] } }

  var type: UInt16 {
    var offset = 12
    _ = Message.name(octets, &offset)
    return Message.uint16(octets, offset)
  }

  /// The number at the start of the name, after one letter: `n500.example.org` gives 500.
  var number: Int { Int(name.dropFirst().prefix { $0.isNumber }) ?? 0 }
}

/// Asks until `condition` holds, for two seconds at most: for what the server does on its own thread.
///
/// Waits in place: a suspended test would come back only when another one, waiting at a socket, lets it.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<1000 {
    if condition() { return true }
    pause(milliseconds: 2)
  }
  return condition()
}

/// Where time itself is the thing under test.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// Holds an upstream's answers back until a test has seen what it waits for.
final class Latch: Sendable {
  private let isOpen = Atomic<Bool>(false)

  func open() { isOpen.store(true, ordering: .releasing) }

  /// For two seconds at most.
  func wait() {
    for _ in 0..<2000 where !isOpen.load(ordering: .acquiring) { usleep(1000) }
  }
}
