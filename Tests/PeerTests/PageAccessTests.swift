import Foundation
import Support
import Testing

/// What a reader does on the page, from the form to the answer of the resolver.
@Suite("Access by the page")
struct PageAccessTests {
  private static let policies = """
    policies:
      p:
        - caution: {services: [deepseek]}
          for: 1h
        - block: {services: [gpt]}
    default_policy: p
    """

  private static func program() throws -> Program {
    let program = try Program(more: policies)
    try program.write(
      Program.policy(
        serial: 8,
        """
        gpt.service.sinkhole.internal TXT "name=GPT" "vendor=X" "jurisdiction=US" "category=chat"
        gpt.example.com CNAME gpt.service.sinkhole.internal.
        """), to: "policy.zone")
    try program.start()
    return program
  }

  /// The page of `name` as a browser of `client` asks for it; `form` is sent to `path` when there is one.
  private static func page(
    _ name: String, _ path: String = "/", for client: String, form: [String] = [], _ program: Program
  ) throws -> (status: String, body: String) {
    let fields = form.map { "--data-urlencode '\($0)'" }.joined(separator: " ")
    let result = try Command.run(
      "sh", "-c",
      """
      curl -s --max-time 10 --interface \(client) --resolve \(name):\(program.noticePort):127.0.0.1 -w '%{http_code}' \
      -H 'Accept: text/html' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Site: same-origin' \(fields) \
      http://\(name):\(program.noticePort)\(path)
      """)
    return (String(result.output.suffix(3)), String(result.output.dropLast(3)))
  }

  private static func token(_ page: String) throws -> String {
    let match = try #require(page.firstMatch(of: /name="token" value="([^"]+)"/))
    return String(match.1)
  }

  private static func resolve(_ name: String, for client: String, _ program: Program) throws -> [String] {
    try Dig.ask(program.port, "\(name) A -b \(client)").values
  }

  @Test("a caution that is acknowledged opens the service to that client, for its time, and to no other")
  func caution() throws {
    let program = try PageAccessTests.program()
    #expect(try PageAccessTests.resolve("chat.deepseek.com", for: "127.0.0.5", program) == ["192.0.2.53"])
    let shown = try PageAccessTests.page("chat.deepseek.com", for: "127.0.0.5", program)
    #expect(shown.status == "200")
    let token = try PageAccessTests.token(shown.body)
    let path = "/.well-known/sinkhole/acknowledge"
    // Another client has nothing from the token.
    let stolen = try PageAccessTests.page("chat.deepseek.com", path, for: "127.0.0.6", form: ["token=\(token)"], program)
    #expect(stolen.status == "403")
    let opened = try PageAccessTests.page("chat.deepseek.com", path, for: "127.0.0.5", form: ["token=\(token)"], program)
    #expect(opened.status == "200", "\(opened.body)")
    #expect(try PageAccessTests.resolve("chat.deepseek.com", for: "127.0.0.5", program) == ["192.0.2.80"])
    #expect(try PageAccessTests.resolve("chat.deepseek.com", for: "127.0.0.6", program) == ["192.0.2.53"])
    // It is on record, and the name has no page for this client any more.
    #expect(try program.call("authorise", "acknowledged").output.contains("deepseek"))
    #expect(try PageAccessTests.page("chat.deepseek.com", for: "127.0.0.5", program).status == "421")
  }

  @Test("what a reader asks for waits for an approver, who opens it; the receipt tells how it stands")
  func authorisation() throws {
    let program = try PageAccessTests.program()
    let shown = try PageAccessTests.page("gpt.example.com", for: "127.0.0.5", program)
    #expect(shown.status == "403")
    let receipt = try PageAccessTests.page(
      "gpt.example.com", "/.well-known/sinkhole/ask", for: "127.0.0.5",
      form: [
        "token=\(try PageAccessTests.token(shown.body))", "name=Kim Minji", "reason=A translation.\nFor the press.", "days=7",
      ], program)
    #expect(receipt.status == "200", "\(receipt.body)")
    let path = try #require(receipt.body.firstMatch(of: /\/\.well-known\/sinkhole\/request\/1\?[^"<]+/))
    let address = String(path.output).replacingOccurrences(of: "&amp;", with: "&")
    #expect(try PageAccessTests.resolve("gpt.example.com", for: "127.0.0.5", program) == ["192.0.2.53"])
    let list = try program.call("authorise", "list").output
    #expect(list.contains("1 requested gpt for client 127.0.0.5"), "\(list)")
    #expect(try program.call("authorise", "show 1").output.contains("A translation. For the press."))
    #expect(try program.call("authorise", "approve 1").status == 0)
    #expect(try PageAccessTests.resolve("gpt.example.com", for: "127.0.0.5", program) == ["192.0.2.80"])
    #expect(try PageAccessTests.resolve("gpt.example.com", for: "127.0.0.6", program) == ["192.0.2.53"])
    #expect(try PageAccessTests.page("notice.example.org", address, for: "127.0.0.5", program).status == "200")
    #expect(try PageAccessTests.page("notice.example.org", address, for: "127.0.0.6", program).status == "404")
  }
}
