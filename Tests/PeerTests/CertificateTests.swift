import Foundation
import Support
import Testing

/// `sinkholed ca`, and the page over HTTPS, as an operator and a browser meet them.
@Suite("Certificates of the program")
struct CertificateTests {
  private static let password = "correct horse battery"

  /// A program with HTTPS configured, and the password in a file.
  private struct Site {
    let program: Program
    let port: UInt16

    init(more: String = "") throws {
      program = try Program(more: more)
      port = try Port.free()
      let text = try String(contentsOfFile: program.configuration, encoding: .utf8)
      try program.write(
        text.replacing("contact:", with: "https: \"127.0.0.1:\(port)\"\n  contact:"), to: "sinkhole.yaml")
      try program.write(CertificateTests.password + "\nmore\n", to: "password")
      chmod(program.folder + "/password", 0o600)
    }

    func ca(_ command: String, _ options: String = "--root root --password-file password") throws -> Command.Result {
      try Command.run(
        "sh", "-c",
        "cd \(program.folder) && exec timeout 60 \(Program.executable) ca \(command) --config sinkhole.yaml \(options)")
    }

    func curl(_ host: String, _ options: String = "") throws -> Command.Result {
      let place = "\(host):\(port)"
      return try Command.run(
        "sh", "-c",
        "exec curl -sS -m 10 --noproxy '*' --resolve \(place):127.0.0.1 --cacert \(program.folder)/root/root.pem \(options) https://\(place)/"
      )
    }

    /// The authorities that `host` is shown, as openssl prints their subjects.
    func issuers(_ host: String) throws -> [String] {
      let text = try Command.run(
        "sh", "-c",
        "exec timeout 10 openssl s_client -connect 127.0.0.1:\(port) -servername \(host) -showcerts </dev/null"
      ).output
      return text.split(separator: "\n").filter { $0.contains("i:") }.map(String.init)
    }
  }

  @Test("with HTTPS and no authority the server does not start, and says how to make one")
  func missing() throws {
    let site = try Site()
    let peer = try site.program.begin()
    #expect(site.program.ended(within: 20) == 1)
    #expect(peer.text.contains("notice.https is set, and there is no authority"), "\(peer.text)")
    #expect(peer.text.contains("Run sinkholed ca init, or set notice.https: off."))
    #expect(try site.program.call("check").status == 1)
  }

  @Test("with HTTPS off nothing listens: a client is refused at once")
  func off() throws {
    let program = try Program()
    try program.start()
    let port = try Port.free()
    let result = try Command.run("curl", "-sS", "-m", "10", "--noproxy", "*", "https://127.0.0.1:\(port)/")
    #expect(result.status == 7, "\(result.errors)")
  }

  @Test(
    "init, run, curl: the page over HTTPS for restricted names, an alert for others, and the same authority after a restart"
  )
  func serves() throws {
    let site = try Site(more: "never_block: [agency.example]")
    let made = try site.ca(
      "init", "--root root --password-file password --organisation 'Office of Examples' --exclude own.example")
    #expect(made.status == 0, "\(made.errors)")
    let fingerprint = try #require(made.output.firstMatch(of: /fingerprint \(SHA-256\): ([0-9A-F:]{95})\n/)).output.1
    let theirs = try Command.run(
      "openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", site.program.folder + "/root/root.pem")
    #expect(theirs.output.contains(fingerprint))
    #expect(made.output.contains("excluded: agency.example, own.example\n"))

    try site.program.start()
    for option in ["--http1.1", "--http2"] {
      let page = try site.curl("chat.deepseek.com", option)
      #expect(page.status == 0, "\(page.errors)")
      #expect(page.output.contains("DeepSeek"))
      #expect(page.output.contains("help@example.org"))
    }
    let other = try site.curl("www.example.org")
    #expect(other.status == 35, "\(other.errors)")
    #expect(other.errors.contains("unrecognized name"), "\(other.errors)")
    let status = try site.program.call("status").output
    #expect(status.contains("notice.tls.minted 1\n"), "\(status)")
    #expect(status.contains("notice.tls.refused_not_restricted 1\n"), "\(status)")

    let before = try site.issuers("deepseek.com")
    #expect(before.count == 3, "\(before)")
    site.program.signal(SIGKILL)
    #expect(site.program.ended(within: 10) != nil)
    try site.program.start()
    #expect(try site.curl("chat.deepseek.com").status == 0)
    let after = try site.issuers("deepseek.com")
    // The issuing authority is new, what it rests on is not.
    #expect(before.first != after.first)
    #expect(before.dropFirst() == after.dropFirst())
  }

  @Test("a name that comes into the policy later has no certificate, loudly, until the root has delegated anew")
  func delegates() throws {
    let site = try Site()
    #expect(try site.ca("init").status == 0)
    try site.program.start()
    try site.program.write(
      Program.policy(serial: 8, "new.example.com CNAME deepseek.service.sinkhole.internal."), to: "policy.zone")
    let reloaded = try site.program.call("reload")
    #expect(reloaded.status == 0, "\(reloaded.errors)")
    #expect(
      reloaded.output.contains("1 restricted name lies outside the delegated authority, first new.example.com"),
      "\(reloaded.output)")
    #expect(try site.curl("new.example.com").status == 35)
    #expect(try site.curl("chat.deepseek.com").status == 0)
    #expect(site.program.text.contains("reason=not-covered name=new.example.com"))
    let check = try site.ca("check", "")
    #expect(check.status == 1, "\(check.output)")
    #expect(check.output.contains("not covered: 1 names of the policy\n  new.example.com\n"), "\(check.output)")
    #expect(try site.program.call("check").errors.contains("outside the delegated authority"))

    let delegated = try site.ca("delegate")
    #expect(delegated.status == 0, "\(delegated.errors)")
    #expect(try site.program.call("reload").status == 0)
    #expect(try site.curl("new.example.com").output.contains("DeepSeek"))
    let proof = try site.ca("check", "")
    #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
    #expect(proof.output.contains("ok: taken: deepseek.com"), "\(proof.output)")
    #expect(proof.output.contains("permitted subtree violation"))
    #expect(!proof.output.contains("WRONG"))
    let show = try site.ca("show", "--names")
    #expect(show.output.contains("\n  new.example.com\n"), "\(show.output)")
  }

  @Test("the page's own name is shown the site's own certificate, where there is one")
  func ownCertificate() throws {
    let site = try Site()
    let folder = site.program.folder
    let made = try Command.run(
      "sh", "-c",
      "cd \(folder) && umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=notice "
        + "-addext subjectAltName=DNS:notice.example.org -keyout own.key -out own.pem")
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: site.program.configuration, encoding: .utf8)
    try site.program.write(
      text.replacing("contact:", with: "own_certificate: own.pem\n  own_key: own.key\n  contact:"), to: "sinkhole.yaml")
    #expect(try site.ca("init").status == 0)
    try site.program.start()
    let page = try site.curl("notice.example.org", "--cacert \(folder)/own.pem -w '%{http_code}'")
    #expect(page.output.hasSuffix("200"), "\(page.errors)")
    #expect(try site.curl("chat.deepseek.com").output.contains("DeepSeek"))
  }

  @Test("another root in place of the first is told of")
  func anotherRoot() throws {
    let site = try Site()
    #expect(try site.ca("init").output.contains("replaced:") == false)
    let second = try site.ca("init", "--root second --password-file password")
    #expect(second.output.contains("replaced: an authority of another root, "), "\(second.output)\(second.errors)")
    #expect(try site.ca("delegate", "--root second --password-file password").output.contains("replaced:") == false)
  }

  @Test("without openssl check says so")
  func withoutOpenssl() throws {
    let site = try Site()
    #expect(try site.ca("init").status == 0)
    let result = try Command.run(
      "sh", "-c", "cd \(site.program.folder) && PATH=/nowhere \(Program.executable) ca check --config sinkhole.yaml")
    #expect(result.status == 1)
    #expect(
      result.errors.contains("there is no openssl to prove it with. Install Debian's package openssl."),
      "\(result.errors)")
  }

  @Test("an authority that others may read is refused at start, and at reload the last one stays")
  func exposed() throws {
    let site = try Site()
    #expect(try site.ca("init").status == 0)
    try site.program.start()
    let path = site.program.folder + "/state/certificates/delegated.pem"
    chmod(path, 0o644)
    let reloaded = try site.program.call("reload")
    #expect(reloaded.status == 0)
    #expect(reloaded.output.contains("may be read by others"), "\(reloaded.output)")
    #expect(try site.curl("deepseek.com").status == 0)
    site.program.stop()
    let peer = try site.program.begin()
    #expect(site.program.ended(within: 20) == 1)
    #expect(peer.text.contains("chmod 600"), "\(peer.text)")
  }

  @Test("the password comes from a file or a descriptor, and what is wrong with it is said before anything is made")
  func passwords() throws {
    let site = try Site()
    try site.program.write("short\n", to: "short")
    chmod(site.program.folder + "/short", 0o600)
    for (options, text) in [
      ("--password-file short", "expected 12 at least"), ("--password-file none", "there is no such file"),
      ("--password-fd 9", "cannot be read"), ("--password-file password --password-fd 3 3<password", "Give one."),
    ] {
      let result = try site.ca("init", "--root root \(options)")
      #expect(result.status != 0)
      #expect(result.errors.contains(text), "\(options): \(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: site.program.folder + "/root/root.key"))
    #expect(try site.ca("init", "--root root --password-fd 3 3<password").status == 0)
    let wrong = try site.ca("delegate", "--root root --password-file wrong")
    #expect(wrong.status == 1)
    try site.program.write("another long one\n", to: "wrong")
    chmod(site.program.folder + "/wrong", 0o600)
    #expect(
      try site.ca("delegate", "--root root --password-file wrong").errors.contains("the password does not open it"))
    let again = try site.ca("init")
    #expect(again.errors.contains("a root is never replaced"), "\(again.errors)")
  }

  @Test("at a terminal the password is asked for, twice, and not shown")
  func terminal() throws {
    let site = try Site()
    // Python's pty gives the terminal; it types when it is asked.
    let script = """
      import os, pty, sys
      pid, fd = pty.fork()
      if pid == 0:
          os.execv("\(Program.executable)", ["sinkholed", "ca", "init", "--config", "sinkhole.yaml", "--root", "root"])
      text, asked = b"", 0
      while True:
          try: piece = os.read(fd, 4096)
          except OSError: break
          if not piece: break
          text += piece
          if text.count(b": ") > asked and (b"root's key: " in text if asked == 0 else b"again: " in text) and asked < 2:
              asked += 1
              os.write(fd, b"correct horse battery\\n")
      sys.stdout.write(text.decode())
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """
    try site.program.write(script, to: "ask.py")
    let result = try Command.run("sh", "-c", "cd \(site.program.folder) && exec timeout 60 python3 ask.py")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(!result.output.contains("horse"), "\(result.output)")
    let opened = try Command.run(
      "openssl", "pkey", "-in", site.program.folder + "/root/root.key", "-passin", "pass:\(CertificateTests.password)",
      "-noout")
    #expect(opened.status == 0, "\(opened.errors)")
  }

  @Test(
    "what is wrong with the keys is told with its place",
    arguments: [
      ("https: nowhere", "notice.https has \"nowhere\", expected ADDRESS:PORT"),
      ("own_certificate: own.pem", "notice has one of own_certificate and own_key, expected both or none"),
      ("htps: off", "unknown key \"htps\" in notice"),
    ])
  func faults(line: String, text: String) throws {
    let program = try Program()
    let configuration = try String(contentsOfFile: program.configuration, encoding: .utf8)
    try program.write(configuration.replacing("contact:", with: "\(line)\n  contact:"), to: "sinkhole.yaml")
    let result = try program.call("check")
    #expect(result.status == 1)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(result.errors.contains("sinkhole.yaml:"), "\(result.errors)")
  }
}
