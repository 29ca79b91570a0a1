import Foundation
import Sinkhole
import Testing

@Suite("A line of the record")
struct RecordLineTests {
  private static func text(_ record: RestrictedRecord) -> String { String(decoding: record.line, as: UTF8.self) }

  /// What another reader of JSON makes of it.
  private static func object(_ line: [UInt8]) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
  }

  @Test("a line has its keys in one order, and is one line")
  func golden() {
    var record = RestrictedRecord.example(after: 123)
    record.count = 12
    record.last = RestrictedRecord.start + 59_999
    #expect(
      RecordLineTests.text(record) == """
        {"time":"2026-12-01T09:00:00.123Z","client":"192.0.2.7","group":"staff","name":"chat.deepseek.com","type":"A",\
        "transport":"udp","verdict":"blocked","rule":"block-services","policy":"default","service":"deepseek",\
        "zone":"ai-chat","serial":7,"trigger":"*.deepseek.com","place":"ai-chat.zone:17","reference":"abcdefghij",\
        "count":12,"last":"2026-12-01T09:00:59.999Z"}

        """)
  }

  @Test("what an event has not is left out")
  func absent() {
    let record = RestrictedRecord(
      time: RestrictedRecord.start, client: nil, group: "", name: Name(), type: RecordType(rawValue: 65280),
      transport: "https", verdict: "observed", rule: "r", policy: "p")
    #expect(
      RecordLineTests.text(record)
        == "{\"time\":\"2026-12-01T09:00:00.000Z\",\"name\":\".\",\"type\":\"TYPE65280\",\"transport\":\"https\","
        + "\"verdict\":\"observed\",\"rule\":\"r\",\"policy\":\"p\",\"count\":1}\n")
  }

  @Test(
    "a text is escaped where JSON asks for it and where it would not show as what it is",
    arguments: [
      ("plain", "plain"), ("", ""), ("a\"b\\c/d", "a\\\"b\\\\c/d"), ("\n\r\t\u{0}\u{1B}", "\\n\\r\\t\\u0000\\u001b"),
      ("\u{7F}\u{80}\u{9B}", "\\u007f\\u0080\\u009b"), ("\u{2028}\u{2029}", "\\u2028\\u2029"),
      ("\u{202E}\u{2066}\u{FEFF}\u{200B}", "\\u202e\\u2066\\ufeff\\u200b"), ("차단", "차단"), ("é💡", "é💡"),
      ("\u{E0041}", "\\udb40\\udc41"),
    ])
  func escapes(_ text: String, _ written: String) throws {
    #expect(PlainText.escaped(text) == written)
    let line = RestrictedRecord.example(group: "x" + text).line
    #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
    #expect(line.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
    #expect(try RecordLineTests.object(line)["group"] as? String == "x" + text)
    #expect(reading(line.dropLast()) { $0.text(.group) } == "x" + text)
  }

  @Test("a name is written in presentation format, whatever its octets")
  func binaryName() throws {
    let wire: [UInt8] = [8, 0, 10, 34, 92, 46, 0xFF, 0xE2, 0x80, 3] + Array("org".utf8) + [0]
    var record = RestrictedRecord.example()
    let name = Name(wire: wire.span)
    record.name = try #require(name)
    let line = record.line
    let written = "\\000\\010\\\"\\\\\\.\\255\\226\\128.org"
    #expect(try RecordLineTests.object(line)["name"] as? String == written)
    #expect(reading(line.dropLast()) { $0.text(.name) } == written)
    #expect(Name(written) == record.name)
  }

  @Test("the longest name stands in full, and every value at its longest is within the bound of a line")
  func longest() throws {
    let label: [UInt8] = [63] + [UInt8](repeating: 0, count: 63)
    let wire = label + label + label + [61] + [UInt8](repeating: 0xFF, count: 61) + [0]
    var record = RestrictedRecord.example()
    let name = Name(wire: wire.span)
    record.name = try #require(name)
    #expect(try RecordLineTests.object(record.line)["name"] as? String == record.name.description)

    let long = String(repeating: "\u{0}", count: 10_000)
    (record.group, record.transport, record.verdict, record.rule, record.policy) = (long, long, long, long, long)
    (record.service, record.zone, record.trigger, record.place, record.reference) = (long, long, long, long, long)
    (record.serial, record.count, record.last) = (.max, .max, .max)
    #expect((15_000...RecordLimits.writtenLine).contains(record.line.count))
    #expect(reading(record.line.dropLast()) { _ in true } == true)
  }

  @Test(
    "a text that is too long is cut between two characters and says so",
    arguments: [
      ("abcdefgh", 8, "abcdefgh"), ("abcdefghi", 8, "abcde…"), ("ab차단d", 8, "ab차…"), ("ab차단", 8, "ab차단"),
      ("abcd\u{0}\u{0}", 8, "abcd…"), ("💡💡💡", 8, "💡…"),
    ])
  func cuts(_ text: String, _ limit: Int, _ written: String) {
    #expect(PlainText.escaped(text, limit: limit) == written)
    #expect(written.utf8.count <= limit)
  }

  @Test(
    "what is not a whole record of ours is none",
    arguments: [
      "", "{", "{}", "[]", "{\"time\":\"2026-12-01T09:00:00Z\"", "{\"time\":\"2026-12-01T09:00:00Z\"}x",
      "{\"time\":\"2026-12-01T09:00:00Z\"}{}", "{\"time\":\"yesterday\"}", "{\"time\":1}",
      "{\"time\":\"2026-12-01T09:00:00Z\",}", "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":{}}",
      "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":[1]}", "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":true}",
      "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":01}", "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":\"\\x\"}",
      "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":\"\\ud800\"}", "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":\"\\udc00\"}",
      "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":\"\t\"}", "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":\"\\u12\"}",
      "{'time':'2026-12-01T09:00:00Z'}", "{\"time\":\"2026-12-01T09:00:00Z\" \"a\":1}",
      "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":-}", "{\"time\":\"2026-12-01T09:00:00Z\",\"a\":1.}",
    ])
  func foreign(_ text: String) {
    #expect(!reading(text))
  }

  @Test("octets that are no UTF-8 make a line none")
  func invalidText() {
    let start = Array("{\"time\":\"2026-12-01T09:00:00Z\",\"group\":\"".utf8)
    for octets: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
      #expect(reading(start + octets + Array("\"}".utf8)) { _ in true } == nil)
    }
    #expect(reading(start + Array("차\"}".utf8)) { _ in true } == true)
  }

  @Test("a line of a later version is read: keys in any order, unknown ones passed over, escapes undone")
  func tolerant() throws {
    let text = """
      { "new" : "x" , "count":3,"later":-1.5e+10, "name":"a\\u002eb\\/\\ud83d\\udca1" ,"time":"2026-12-01T10:00:00+01:00" }
      """
    let isRead: Void? = reading(text.utf8) { view in
      #expect(view.time == RestrictedRecord.start)
      #expect(view.last == RestrictedRecord.start)
      #expect(view.count == 3)
      #expect(view.text(.name) == "a.b/💡")
      #expect(view.has(.name, "a.b/💡") == true)
      #expect(view.text(.group) == nil)
      #expect(view.has(.group, "") == false)
    }
    #expect(isRead != nil)
  }

  @Test("every line cut short, at whatever octet, is none")
  func everyCut() {
    let line = Array(RestrictedRecord.example(group: "차\"단").line.dropLast())
    for end in 0..<line.count { #expect(reading(line[..<end]) { _ in true } == nil, "\(end)") }
    #expect(reading(line) { _ in true } == true)
  }
}

@Suite("Times of the record")
struct RecordTimeTests {
  @Test(
    "a time is written in UTC with milliseconds and reads back",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
      (1_796_115_600_001, "2026-12-01T09:00:00.001Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func roundTrip(_ time: Int64, _ text: String) {
    #expect(RecordTime.text(time) == text)
    #expect(RecordTime.milliseconds(text) == time)
  }

  @Test("the days of four centuries are those that Foundation says")
  func days() {
    // Whole seconds: of a fraction Foundation loses some to its floating point.
    let wrong = (0..<146_097).first { day in
      let time = Int64(day) * 86_400_000 + 12_000
      let text = RecordTime.text(time)
      let isSame =
        day % 7 != 0
        || RecordTime.text(time)
          == Date(timeIntervalSince1970: Double(time) / 1000)
          .formatted(.iso8601).replacing("Z", with: ".000Z")
      return !isSame || RecordTime.milliseconds(text) != time
    }
    #expect(wrong == nil)
  }

  @Test("a time beyond what four digits say is the nearest", arguments: [Int64.min, -1, 253_402_300_800_000, .max])
  func beyond(_ time: Int64) {
    #expect(RecordTime.text(time) == RecordTime.text(time < 0 ? 0 : 253_402_300_799_999))
  }

  @Test(
    "a time is read as RFC 3339 has it, and as people ask for it",
    arguments: [
      ("2026-12-01", 0 - 9 * 3600_000), ("2026-12-01T09:00Z", 0), ("2026-12-01T09:00:00Z", 0),
      ("2026-12-01 09:00:00.25z", 250), ("2026-12-01T18:00:00+09:00", 0), ("2026-12-01T03:30:01-05:30", 1000),
      ("2026-12-01T09:00:00.123456789Z", 123), ("30m", -1_800_000), ("2h", -7_200_000), ("7d", -604_800_000),
      ("90s", -90_000), ("0s", 0),
    ] as [(String, Int64)])
  func asked(_ text: String, _ offset: Int64) {
    #expect(RecordTime.asked(text, now: RestrictedRecord.start) == RestrictedRecord.start + offset)
  }

  @Test(
    "what is no time is none",
    arguments: [
      "", "h", "2", "-2h", "+2h", "2w", "2 h", "1.5h", "99999999999999999d", "9223372036854775807s", "2026-13-01",
      "2026-02-29", "2026-00-10", "2026-12-00", "2026-12-32", "2026-12-01T", "2026-12-01T09:00", "2026-12-01T24:00Z",
      "2026-12-01T09:60Z", "2026-12-01T09:00:61Z", "2026-12-01T09:00:00.Z", "2026-12-01T09:00:00.1234567890Z",
      "2026-12-01T09:00+0900", "2026-12-01T09:00Zx", "26-12-01", "2026-12-01T09:00:00 Z", "２h",
    ])
  func refused(_ text: String) {
    #expect(RecordTime.asked(text, now: RestrictedRecord.start) == nil)
  }
}

@Suite("What may be written of a client")
struct ClientPrivacyTests {
  /// Stands for the keyed function: what it is given is what comes out.
  private static let pseudonym = ClientPrivacy.pseudonym { octets in octets + [UInt8](repeating: 0xFF, count: 32) }

  @Test(
    "a client is written as the agency decided",
    arguments: [
      (.whole, "192.0.2.77", "192.0.2.77"), (.whole, "2001:db8:1:2ff::1", "2001:db8:1:2ff::1"),
      (.whole, "::ffff:192.0.2.77", "192.0.2.77"), (.whole, nil, nil),
      (.prefix(v4: 24, v6: 56), "192.0.2.77", "192.0.2.0/24"),
      (.prefix(v4: 24, v6: 56), "2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
      (.prefix(v4: 24, v6: 56), "::ffff:192.0.2.77", "192.0.2.0/24"), (.prefix(v4: 24, v6: 56), nil, nil),
      (.prefix(v4: 0, v6: 0), "192.0.2.77", "0.0.0.0/0"), (.prefix(v4: 0, v6: 0), "2001:db8::1", "::/0"),
      (.prefix(v4: 32, v6: 128), "192.0.2.77", "192.0.2.77/32"),
      (.prefix(v4: 99, v6: -1), "192.0.2.77", "192.0.2.77/32"),
      (.prefix(v4: 99, v6: -1), "2001:db8::1", "::/0"),
      (pseudonym, "192.0.2.1", "c-yaaaeap777777777"), (pseudonym, "::ffff:192.0.2.1", "c-yaaaeap777777777"),
      (pseudonym, "2001:db8::1", "c-eaaq3oaaaaaaaaaa"), (pseudonym, nil, nil),
      (.none, "192.0.2.77", nil), (.none, nil, nil),
    ] as [(ClientPrivacy, String?, String?)])
  func table(_ privacy: ClientPrivacy, _ client: String?, _ written: String?) {
    #expect(privacy.text(of: client.flatMap { IPAddress($0) }) == written)
  }

  @Test(
    "no line holds more of a client than may be written",
    arguments: [
      (.prefix(v4: 24, v6: 56), "192.0.2.0/24"), (pseudonym, "c-yaaae27777777777"), (.none, nil),
    ] as [(ClientPrivacy, String?)])
  func line(_ privacy: ClientPrivacy, _ written: String?) throws {
    let fixture = try RecordFolderFixture()
    let log = fixture.log(privacy: privacy)
    for after: Int64 in [0, 1] { log.add(.example(client: "192.0.2.107", after: after), at: .after(after)) }
    log.finish(at: .after(2))
    let text = try fixture.text()
    #expect(text.split(separator: "\n").count == 2)
    #expect(!text.contains("192.0.2.107"))
    #expect(text.contains("\"client\"") == (written != nil))
    if let written { #expect(text.ranges(of: "\"client\":\"\(written)\"").count == 2, "\(text)") }
  }

  @Test(
    "base32 is that of RFC 4648, in lower case and without padding",
    arguments: [
      ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"),
      ("foobar", "mzxw6ytboi"),
    ])
  func base32(_ text: String, _ written: String) {
    #expect(Base32.text(text.utf8) == written)
  }
}
