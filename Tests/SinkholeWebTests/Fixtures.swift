import SinkholeWeb

/// Restrictions by name, for every client or for one.
struct TableSource: RestrictionSource {
  var restrictions: [String: Restriction]
  var onlyFor: String?

  func restriction(of host: String, for client: String) -> Restriction? {
    if let onlyFor, onlyFor != client { return nil }
    return restrictions[host]
  }

  var shown = RestrictionOverview([])
  func overview(for client: String) -> RestrictionOverview { shown }

  static let standard = TableSource(restrictions: [
    "chat.example.org": .chat,
    "ordered.example.org": .ordered,
    "hostile.example.org": .hostile,
    "bare.example.org": .bare,
    "cautioned.example.org": .cautioned,
    "named.example.org": .named,
  ])
}

extension Restriction {
  static let chat = Restriction(
    serviceID: "example-chat", serviceName: LocalizedText("Example Chat", translations: ["ko": "예시 채팅"]),
    vendor: "Example Vendor", category: "chat", ruleID: "ministry/1", trigger: "*.example.org",
    zone: "ai-chat.rpz.example", serial: 2_026_030_401,
    reason: LocalizedText(
      "Concern about user data.", in: "en", translations: ["ko": "이용자 정보 수집에 대한 우려가 있습니다."]),
    authority: Authority(
      name: LocalizedText("Office of Examples", in: "en", translations: ["ko": "예시청"]),
      url: "https://office.example/about"),
    document: "Directive 2026-14", review: "2027-03-31")

  static let ordered = Restriction(
    serviceID: "ordered", serviceName: "Ordered", vendor: "Vendor", category: "image",
    ruleID: "order/7", trigger: "ordered.example.org", zone: "orders", serial: 7, action: .ordered,
    authority: Authority(name: "Court of Examples", url: "https://court.example/"))

  static let cautioned: Restriction = {
    var restriction = chat
    (restriction.serviceID, restriction.action, restriction.ruleID) = ("example-assistant", .cautioned, "ministry/2")
    restriction.serviceName = LocalizedText("Example Assistant", translations: ["ko": "예시 도우미"])
    return restriction
  }()

  /// A caution whose readers must give a name.
  static let named: Restriction = {
    var restriction = cautioned
    (restriction.serviceID, restriction.requiresName) = ("example-named", true)
    return restriction
  }()

  /// Nothing but what every restriction has.
  static let bare = Restriction(
    serviceID: "bare", serviceName: "Bare", vendor: "Vendor", category: "newfangled",
    ruleID: "r", trigger: "bare.example.org", zone: "z")

  /// Markup and worse in every field.
  static let hostile = Restriction(
    serviceID: "a b=\"c\"\nevent=forged", serviceName: "<script>alert('s')</script>", vendor: "\"><img src=x>",
    category: "<i>", ruleID: "</code><b>", trigger: "&lt;", zone: "<z>",
    reason: "</p><form action=//evil.example>", authority: Authority(name: "<a>", url: "javascript:alert(1)"),
    document: "<d>", review: "\" onload=\"x", contact: "<x@evil.example>\u{202E}")
}
