import SinkholeTransports
import Testing

@Suite("what a source may be")
struct SourceTests {
  private func make(
    name: String = "a", url: String = "https://lists.example.org/a", size: Int = 1, timeout: Duration = .seconds(1),
    refresh: Duration = .seconds(60), plain: Bool = false
  ) throws(RemoteSourceError) -> RemoteSource {
    try RemoteSource(
      name: name, url: url, maximumSize: size, timeout: timeout, refreshInterval: refresh, allowsPlainHTTP: plain)
  }

  @Test(
    "a name is safe as a file name",
    arguments: [
      ("a", true), ("0-9", true), (String(repeating: "x", count: 64), true), ("", false), ("-a", false), ("A", false),
      ("a.b", false), ("a/b", false), ("..", false), ("a b", false), ("ä", false),
      (String(repeating: "x", count: 65), false),
    ])
  func names(name: String, isGood: Bool) {
    if isGood {
      #expect(throws: Never.self) { try make(name: name) }
    } else {
      let error = #expect(throws: RemoteSourceError.self) { try make(name: name) }
      #expect(error?.code == .name)
    }
  }

  @Test(
    "a URL is read as what it is",
    arguments: [
      ("https://lists.example.org", "https://lists.example.org/"),
      ("HTTPS://Lists.Example.ORG:8443/A?b=C", "https://lists.example.org:8443/A?b=C"),
      ("https://192.0.2.1/x", "https://192.0.2.1/x"),
      ("https://[2001:DB8::1]:443/x", "https://[2001:db8::1]:443/x"),
      ("https://lists.example.org?a=/../b", "https://lists.example.org/?a=/../b"),
      ("https://lists.example.org/a/./b/../c/", "https://lists.example.org/a/c/"),
      ("https://lists.example.org/../../x/..", "https://lists.example.org/"),
      ("https://lists.example.org/x#part", "https://lists.example.org/x"),
    ])
  func urls(text: String, meaning: String) throws {
    #expect(try make(url: text).url.description == meaning)
  }

  @Test(
    "and refused where it is none that is fetched",
    arguments: [
      "", "lists.example.org/a", "ftp://lists.example.org/a", "https:/lists.example.org", "https:///a",
      "https://:443/a",
      "https://user@lists.example.org/", "https://user:word@lists.example.org/", "https://lists.example.org:/a",
      "https://lists.example.org:0/", "https://lists.example.org:65536/", "https://lists.example.org:+1/",
      "https://lists example.org/", "https://lists.example.org/a b", "https://lists.example.org/ä",
      "https://lists.example.org/a\nb", "https://[2001:db8::1/", "https://[192.0.2.1]/", "https://[::1]x/",
      "https://lists.example.org/" + String(repeating: "a", count: 2048),
    ])
  func noURLs(text: String) {
    let error = #expect(throws: RemoteSourceError.self) { try make(url: text) }
    #expect(error?.code == .url)
  }

  @Test("plain HTTP has to be allowed")
  func plain() throws {
    let error = #expect(throws: RemoteSourceError.self) { try make(url: "http://lists.example.org/") }
    #expect(error?.code == .plainHTTP)
    #expect(try make(url: "http://lists.example.org/", plain: true).url.scheme == .http)
  }

  @Test("bounds hold at both ends")
  func bounds() {
    let good: [() throws -> RemoteSource] = [
      { try make(size: 1 << 30) }, { try make(timeout: .milliseconds(1)) }, { try make(timeout: .seconds(3600)) },
      { try make(refresh: .seconds(60)) }, { try make(refresh: .seconds(2_592_000)) },
    ]
    for source in good { #expect(throws: Never.self) { try source() } }
    let bad: [(RemoteSourceError.Code, () throws -> RemoteSource)] = [
      (.maximumSize, { try make(size: 0) }), (.maximumSize, { try make(size: 1 << 30 + 1) }),
      (.timeout, { try make(timeout: .zero) }), (.timeout, { try make(timeout: .seconds(3601)) }),
      (.refreshInterval, { try make(refresh: .seconds(59)) }),
      (.refreshInterval, { try make(refresh: .seconds(2_592_001)) }),
    ]
    for (code, source) in bad {
      let error = #expect(throws: RemoteSourceError.self) { try source() }
      #expect(error?.code == code)
    }
  }

  @Test("a reason stays one short line, whatever a server puts into it")
  func reasons() {
    let text = "bad \"quote\"\nevent=forged\u{202E}\0" + String(repeating: "x", count: 1000)
    let failure = FetchFailure(.inspection, text)
    #expect(failure.description.hasPrefix("bad 'quote'\u{FFFD}event=forged\u{FFFD}\u{FFFD}x"))
    #expect(failure.description.unicodeScalars.count == 300)
  }
}
