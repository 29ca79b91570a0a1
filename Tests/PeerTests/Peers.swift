import Foundation
import Support
import Synchronization
import Testing

struct PeerFailure: Error {
  let text: String
}

/// Ports below those that the kernel gives away by itself, so that nobody takes one between its choice and its use.
enum Port {
  private static let next = Atomic<Int>(Int(getpid()) * 37 % 10_000)

  static func free() throws -> UInt16 {
    for _ in 0..<1000 {
      let port = UInt16(21_000 + next.wrappingAdd(1, ordering: .relaxed).oldValue % 11_000)
      if (try? TestSocket(listening: port)) != nil, (try? TestSocket(listening: port, stream: true)) != nil {
        return port
      }
    }
    throw PeerFailure(text: "no free port")
  }
}

/// Starts a process that hears every signal. Threads that run tests block most of them, and a child inherits that.
func started(_ arguments: [String], in folder: String) throws -> Peer {
  var (none, before) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  return try Peer(arguments, in: folder)
}

/// Another program's name server, ready to answer; ended with the test.
final class NameServer {
  let port: UInt16
  private let peer: Peer

  /// - Parameters:
  ///   - files: what to write into the peer's folder first.
  ///   - arguments: the command, run in that folder.
  ///   - name: an A that it answers once it is ready.
  init(_ arguments: [String], files: [String: String], folder: String, port: UInt16, readyFor name: String) throws {
    for (file, text) in files {
      try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
    }
    self.port = port
    let peer = try started(arguments, in: folder)
    self.peer = peer
    let isReady = try Peer.wait {
      let answer = try TestSocket(port: port, seconds: 1).ask(Message.query(name))
      return answer?.rcode == 0 && answer?.answers.isEmpty == false
    }
    if !isReady {
      peer.stop()
      throw PeerFailure(text: "\(arguments[0]) did not get ready: \(peer.text)")
    }
  }

  deinit { stop() }

  var text: String { peer.text }

  func stop() {
    peer.stop()
    try? FileManager.default.removeItem(atPath: peer.folder)
  }

  /// Unbound with `records` as its whole world; `zones` are lines of its own.
  static func unbound(_ records: [String], zones: [String] = [], ready: String) throws -> NameServer {
    try unbound(
      server: ["module-config: \"iterator\"", "local-zone: \".\" static"] + zones + records.map { "local-data: '\($0)'" },
      ready: ready)
  }

  /// Unbound on loopback with further lines of its `server:` clause, and further clauses.
  static func unbound(server lines: [String], clauses: [String] = [], ready: String) throws -> NameServer {
    let (folder, port) = (try Peer.folder(), try Port.free())
    let text = """
      server:
        interface: 127.0.0.1
        port: \(port)
        access-control: 127.0.0.0/8 allow
        username: ""
        chroot: ""
        directory: "\(folder)"
        pidfile: ""
        use-syslog: no
        logfile: ""
        do-daemonize: no
      \(lines.map { "  " + $0 }.joined(separator: "\n"))
      \(clauses.joined(separator: "\n"))
      remote-control:
        control-enable: no

      """
    return try NameServer(
      ["unbound", "-d", "-c", "unbound.conf"], files: ["unbound.conf": text], folder: folder, port: port,
      readyFor: ready)
  }

  /// The clause of an Unbound that forwards everything to `upstream`.
  static func forwarding(to upstream: UInt16) -> String {
    "forward-zone:\n  name: \".\"\n  forward-addr: 127.0.0.1@\(upstream)"
  }

  /// NSD, authoritative for one small zone.
  static func nsd(zone: String, origin: String, ready: String) throws -> NameServer {
    try nsd([(origin, zone)], ready: ready)
  }

  /// NSD, authoritative for small zones.
  static func nsd(_ zones: [(origin: String, text: String)], ready: String) throws -> NameServer {
    let (folder, port) = (try Peer.folder(), try Port.free())
    var files: [String: String] = [:]
    for (number, zone) in zones.enumerated() { files["\(number).zone"] = zone.text }
    let clauses = zones.enumerated().map { "zone:\n  name: \($1.origin)\n  zonefile: \($0).zone" }
    files["nsd.conf"] = """
      server:
        ip-address: 127.0.0.1@\(port)
        username: ""
        chroot: ""
        zonesdir: "\(folder)"
        pidfile: ""
        xfrdfile: ""
        zonelistfile: "\(folder)/zone.list"
        xfrdir: "\(folder)"
        server-count: 1
        rrl-ratelimit: 0
      remote-control:
        control-enable: no
      \(clauses.joined(separator: "\n"))

      """
    return try NameServer(
      ["nsd", "-d", "-c", "nsd.conf"], files: files, folder: folder, port: port, readyFor: ready)
  }

  /// What other servers redirect blocked names to.
  private static let serviceZone = """
    $TTL 5
    $ORIGIN service.sinkhole.internal.
    @ SOA localhost. root.localhost. 1 3600 600 2592000 5
    @ NS localhost.
    * A 192.0.2.53
    * AAAA 2001:db8::53

    """

  /// BIND with policy zones, the first of them the strongest, and `options` of its policy. It listens on ::1 too where
  /// the machine has it.
  static func bind(
    policies: [(origin: String, file: String)], options: String = "qname-wait-recurse no break-dnssec yes",
    upstream: UInt16, ready: String
  ) throws -> NameServer {
    let (folder, port) = (try Peer.folder(), try Port.free())
    let order = policies.map { "zone \"\($0.origin)\";" }.joined(separator: " ")
    let zones = policies.map { "zone \"\($0.origin)\" { type primary; file \"\($0.file)\"; allow-query { none; }; };" }
    let text = """
      options {
        directory "\(folder)"; pid-file none; session-keyfile none;
        listen-on port \(port) { 127.0.0.1; }; listen-on-v6 port \(port) { ::1; };
        allow-query { 127.0.0.0/8; ::1; }; allow-recursion { 127.0.0.0/8; ::1; }; recursion yes;
        dnssec-validation no; forward only; forwarders { 127.0.0.1 port \(upstream); };
        minimal-responses yes;
        response-policy { \(order) } \(options);
      };
      controls { };
      zone "service.sinkhole.internal" { type primary; file "\(folder)/service.zone"; };
      \(zones.joined(separator: "\n"))

      """
    return try NameServer(
      ["named", "-g", "-n", "1", "-c", "named.conf"], files: ["named.conf": text, "service.zone": serviceZone],
      folder: folder, port: port, readyFor: ready)
  }

  /// PowerDNS Recursor with policy zones, the first of them the strongest.
  static func recursor(policies: [(origin: String, file: String)], upstream: UInt16, ready: String) throws -> NameServer
  {
    let (folder, port) = (try Peer.folder(), try Port.free())
    let text = """
      local-address=127.0.0.1
      local-port=\(port)
      allow-from=127.0.0.0/8
      socket-dir=\(folder)
      daemon=no
      write-pid=no
      disable-syslog=yes
      threads=1
      security-poll-suffix=
      dnssec=process-no-validate
      forward-zones-recurse=.=127.0.0.1:\(upstream)
      auth-zones=service.sinkhole.internal=\(folder)/service.zone
      lua-config-file=\(folder)/rpz.lua

      """
    let rules = policies.map { "rpzFile(\"\($0.file)\", {policyName=\"\($0.origin)\"})\n" }.joined()
    return try NameServer(
      ["pdns_recursor", "--config-dir=\(folder)"],
      files: ["recursor.conf": text, "rpz.lua": rules, "service.zone": serviceZone], folder: folder, port: port,
      readyFor: ready)
  }
}

/// What `dig` or `kdig` printed about one answer.
struct Dig {
  let text: String
  let status: String
  let flags: Set<String>
  let answer: [Line]
  let authority: [Line]

  /// A record without its TTL, in the words of the tool.
  struct Line: Hashable {
    let words: [String]
    let ttl: Int

    static func == (one: Line, other: Line) -> Bool { one.words == other.words }
    func hash(into hasher: inout Hasher) { hasher.combine(words) }
  }

  /// Asks `port` of loopback with `tool`.
  static func ask(_ port: UInt16, _ question: String, _ options: [String] = [], tool: String = "dig") throws -> Dig {
    let arguments = [tool, "@127.0.0.1", "-p", "\(port)"] + question.split(separator: " ").map(String.init) + options
    let result = try run(arguments)
    return Dig(result)
  }

  static func run(_ arguments: [String]) throws -> String {
    try Command.run("sh", "-c", (["exec", "timeout", "20"] + arguments).joined(separator: " ")).output
  }

  init(_ text: String) {
    self.text = text
    status = text.firstMatch(of: /status: (\w+)/).map { String($0.output.1) } ?? "no answer"
    let words = text.firstMatch(of: /[Ff]lags: ([a-z ]*);/).map { String($0.output.1) } ?? ""
    flags = Set(words.split(separator: " ").map(String.init))
    answer = Dig.lines(text, "ANSWER SECTION:")
    authority = Dig.lines(text, "AUTHORITY SECTION:")
  }

  private static func lines(_ text: String, _ section: String) -> [Line] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.hasPrefix(";; ") && $0.hasSuffix(section) }) else { return [] }
    return lines[(start + 1)...].prefix { !$0.isEmpty && !$0.hasPrefix(";") }.map { line in
      var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      let ttl = words.count > 1 ? Int(words.remove(at: 1)) ?? -1 : -1
      return Line(words: words, ttl: ttl)
    }
  }

  /// The last word of each answer.
  var values: [String] { answer.compactMap(\.words.last).sorted() }
}
