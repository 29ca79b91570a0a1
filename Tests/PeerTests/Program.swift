import Foundation
import Support
import Testing

/// `sinkholed` as a process, with a folder, ports and an upstream of its own.
final class Program {
  /// Beside the tests' own executable.
  static let executable: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/sinkholed"
  }()

  static let policy = policy(serial: 7)

  /// The zone of most tests; `more` are lines of the test's own.
  static func policy(serial: Int, _ more: String = "") -> String {
    """
    $TTL 5
    $ORIGIN test.rpz.sinkhole.internal.
    @ SOA localhost. root.localhost. \(serial) 3600 600 86400 5
    @ NS localhost.
    deepseek.service.sinkhole.internal TXT "name=DeepSeek" "vendor=DeepSeek" "jurisdiction=CN" "category=chat" \
    "home=https://www.deepseek.com/"
    deepseek.com CNAME deepseek.service.sinkhole.internal.
    *.deepseek.com CNAME deepseek.service.sinkhole.internal.
    nx.example.net CNAME .
    nodata.example.net CNAME *.
    open.deepseek.com CNAME rpz-passthru.
    \(more)

    """
  }

  let folder: String
  let port: UInt16
  let noticePort: UInt16
  let upstream: ScriptedUpstream
  private(set) var peer: Peer?

  var configuration: String { folder + "/sinkhole.yaml" }
  var control: String { folder + "/control.sock" }

  /// Writes configuration and zone; `start` starts.
  init(
    port: UInt16? = nil, control: String = "control.sock", upstream: ScriptedUpstream? = nil, more: String = ""
  ) throws {
    folder = try Peer.folder()
    self.port = try port ?? Port.free()
    noticePort = try Port.free()
    self.upstream = try upstream ?? ScriptedUpstream.answering()
    try write(
      """
      listen:
        dns: ["127.0.0.1:\(self.port)"]
      workers: 2
      upstreams: ["127.0.0.1:\(self.upstream.port)"]
      sinkhole:
        ipv4: 192.0.2.53
        ipv6: "2001:db8::53"
      zones: [policy.zone]
      notice:
        http: "127.0.0.1:\(noticePort)"
        url: "http://notice.example.org/"
        contact: "help@example.org"
      control: \(control)
      \(more)
      state: state
      """, to: "sinkhole.yaml")
    try write(Program.policy, to: "policy.zone")
  }

  deinit {
    stop()
    upstream.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  func write(_ text: String, to file: String) throws {
    try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
  }

  /// Starts the server and waits until it answers.
  func start() throws {
    let peer = try begin()
    let isReady = Peer.wait { !peer.process.isRunning || self.isAnswering && self.hasControl }
    guard isReady, peer.process.isRunning else { throw PeerFailure(text: "not ready: \(peer.text)") }
  }

  /// Starts the server and waits for nothing.
  func begin() throws -> Peer {
    let peer = try started([Program.executable, "run", "--config", configuration], in: folder)
    self.peer = peer
    return peer
  }

  private var isAnswering: Bool {
    (try? TestSocket(port: port, seconds: 1).ask(Message.query("deepseek.com")))?.answers.isEmpty == false
  }

  private var hasControl: Bool {
    FileManager.default.fileExists(atPath: control) && (try? call("status").status) == 0
  }

  var text: String { peer?.text ?? "" }

  func stop() {
    peer?.stop()
    peer = nil
  }

  func signal(_ number: Int32) {
    guard let peer, peer.process.isRunning else { return }
    kill(peer.process.processIdentifier, number)
  }

  /// Waits for the process to end by itself; its status, or nil when it did not within `seconds`.
  func ended(within seconds: Double) -> Int32? {
    guard let peer else { return nil }
    let limit = Date().addingTimeInterval(seconds)
    while peer.process.isRunning, Date() < limit { usleep(10_000) }
    return peer.process.isRunning ? nil : peer.process.terminationStatus
  }

  /// Runs another command with this configuration.
  func call(_ command: String...) throws -> Command.Result {
    let words = [Program.executable] + command + ["--config", configuration]
    return try Command.run("sh", "-c", "exec timeout 20 " + words.joined(separator: " "))
  }

  func ask(_ name: String, _ type: UInt16 = 1) throws -> Message? {
    try TestSocket(port: port).ask(Message.query(name, type))
  }

  /// Whether the policy in force restricts `name`.
  func blocks(_ name: String) throws -> Bool { try ask(name)?.answers.map(\.ipv4) == ["192.0.2.53"] }
}
