/// Names that AI services use and everybody else does too: restricted, they would take half of the web along. A catalogue
/// names the service's own hosts below them instead, one by one.
///
/// Short by intent: what a single vendor shares between its own products is for the catalogue's own comments.
enum SharedInfrastructure {
  /// Why a trigger may not stand; nil when nothing shared is at the name, or for a wildcard at it or below.
  static func reason(for name: Name, isWildcard: Bool) -> (name: Name, reason: String)? {
    guard let shared = above[name] else { return nil }
    // Above a shared name, only a wildcard reaches it.
    return isWildcard || shared.name == name ? shared : nil
  }

  /// Each shared name, and the names above it with one of those that lie below them.
  private static let above: [Name: (name: Name, reason: String)] = {
    var all: [Name: (name: Name, reason: String)] = [:]
    let listed = names.flatMap { group in group.names.compactMap { Name($0) }.map { ($0, group.reason) } }
    for (name, reason) in listed {
      var parent = name.parent
      while let above = parent, !above.isRoot {
        all[above] = (name, reason)
        parent = above.parent
      }
    }
    for (name, reason) in listed { all[name] = (name, reason) }
    return all
  }()

  private static let names: [(reason: String, names: [String])] = [
    (
      "a content delivery network",
      [
        "akamai.net", "akamaiedge.net", "akamaihd.net", "akamaized.net", "azureedge.net", "azurefd.net", "b-cdn.net",
        "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "cloudflare.com", "cloudfront.net", "edgekey.net", "edgesuite.net",
        "fastly.net", "fastlylb.net", "gstatic.com", "unpkg.com",
      ]
    ),
    (
      "a cloud, whose names are its customers'",
      [
        "aliyuncs.com", "amazonaws.com", "azure.com", "azurewebsites.net", "blob.core.windows.net",
        "cloudapp.azure.com",
        "cloudapp.net", "googleapis.com", "googleusercontent.com", "ncloud.com", "ntruss.com", "run.app", "volces.com",
      ]
    ),
    (
      "a host of its customers' own pages",
      [
        "appspot.com", "firebaseapp.com", "fly.dev", "github.io", "githubusercontent.com", "gitlab.io", "herokuapp.com",
        "netlify.app", "onrender.com", "pages.dev", "vercel.app", "web.app", "workers.dev",
      ]
    ),
    (
      "a bot check or sign-in of many sites",
      [
        "accounts.google.com", "appleid.apple.com", "arkoselabs.com", "auth0.com", "captcha.com",
        "challenges.cloudflare.com", "clerk.com", "hcaptcha.com", "login.microsoftonline.com", "recaptcha.net",
        "okta.com",
      ]
    ),
    (
      "measuring and error reports of many sites",
      [
        "amplitude.com", "datadoghq.com", "browser-intake-datadoghq.com", "featureassets.org", "featuregates.org",
        "google-analytics.com", "googletagmanager.com", "growthbook.io", "intercom.io", "launchdarkly.com",
        "mixpanel.com", "newrelic.com", "posthog.com", "segment.io", "sentry.io", "statsigapi.net",
      ]
    ),
    ("payment of many sites", ["paypal.com", "stripe.com", "stripe.network"]),
    ("a code host or package registry", ["github.com", "gitlab.com", "npmjs.org", "pypi.org"]),
    (
      "a search engine, office suite or social network that its AI cannot be parted from",
      [
        "apple.com", "baidu.com", "bing.com", "daum.net", "discord.com", "duckduckgo.com", "facebook.com", "google.com",
        "icloud.com", "kakao.com", "microsoft.com", "naver.com", "office.com", "office365.com", "tiktok.com",
        "whatsapp.com", "x.com", "yahoo.com", "yandex.ru", "youtube.com",
      ]
    ),
  ]
}
