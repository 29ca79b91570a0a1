import Sinkhole
import Testing

@Suite("The configuration of access")
struct AccessSectionTests {
  private func read(_ text: String) throws -> Configuration { try ConfigurationReader.read(text: text, file: "/etc/s.yaml") }

  @Test("without a section the ledger is in the state folder, and the socket beside the control socket")
  func defaults() throws {
    let configuration = try read("state: /var/lib/s\ncontrol: /run/s/control.sock")
    #expect(configuration.accessFile == "/var/lib/s/access.sqlite")
    #expect(configuration.accessSocket == "/run/s/access.sock")
    #expect(try read("control: off").accessSocket == nil)
    #expect(try read("access: {file: off}").accessFile == nil)
    #expect(try read("access: {file: off}").accessSocket == nil)
    #expect(try read("access: {socket: off}").accessSocket == nil)
  }

  @Test("every key is read")
  func keys() throws {
    let configuration = try read(
      """
      control: off
      access:
        file: a.sqlite
        socket: run/a.sock
        approvals: 2
        longest: 30d
        requests_per_client: 5
        keep: 365d
        max_size: 1GiB
        front_ends: [desk, console]
        webhook: "https://desk.example.org/x"
        webhook_ca_file: ca.pem
      """)
    var expected = Configuration.Access()
    (expected.file, expected.socket, expected.approvals, expected.longest) = ("/etc/a.sqlite", "/etc/run/a.sock", 2, 30 * 86_400)
    (expected.requestsPerClient, expected.keep, expected.maximumSize) = (5, 365 * 86_400, 1 << 30)
    (expected.frontEnds, expected.webhook, expected.webhookRoots) = (["desk", "console"], "https://desk.example.org/x", "/etc/ca.pem")
    #expect(configuration.access == expected)
    #expect(configuration.accessFile == "/etc/a.sqlite")
    #expect(configuration.accessSocket == "/etc/run/a.sock")
  }

  static let faults = [
    ("access: {approvals: 3}", "/etc/s.yaml:1:21: approvals is \"3\", expected a whole number from 1 to 2. Write such a number."),
    ("access: {longest: 1s}", "/etc/s.yaml:1:19: longest is \"1s\", expected a time from 1m to 3660d. Write a number with ms, s, m, h or d."),
    ("access: {webhook: desk}", "/etc/s.yaml:1:19: webhook is \"desk\", expected http:// or https://. Write webhook: \"https://desk.example.org/sinkhole\"."),
    ("access: {front_ends: [a b]}", "/etc/s.yaml:1:23: front_ends is \"a b\", expected 1 to 64 letters, digits, dots, hyphens or underscores. Correct it."),
    ("policies: {p: [{block: everything, for: 8h}]}", "/etc/s.yaml:1:36: for goes with caution alone. Delete it, or write caution."),
    ("policies: {p: [{block: everything, named: true}]}", "/etc/s.yaml:1:36: named goes with caution alone. Delete it, or write caution."),
    ("policies: {p: [{caution: everything, for: 31d}]}", "/etc/s.yaml:1:43: for is \"31d\", expected a time from 1m to 30d. Write a number with ms, s, m, h or d."),
    ("policies: {p: [{caution: everything, named: yep}]}", "/etc/s.yaml:1:45: named is \"yep\", expected true or false. Write one of the two."),
  ]

  @Test("what is wrong is said with its place", arguments: faults)
  func wrong(_ text: String, _ fault: String) {
    let error = #expect(throws: Faults.self) { try read(text) }
    #expect(error.map { "\($0)" } == fault)
  }

  @Test("a caution says how long it is acknowledged for, and whether by name")
  func rules() throws {
    let rules = try #require(
      try read("policies: {p: [{caution: everything}, {caution: everything, for: 30m, named: true}]}").definition.policies.first).rules
    #expect(rules.map(\.acknowledgedFor) == [8 * 3600, 1800])
    #expect(rules.map(\.isNamed) == [false, true])
  }
}
