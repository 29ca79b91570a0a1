extension Language {
  static let english = Language(
    tag: "en",
    masthead: "Network access notice",
    title: { "Access to \($0) is restricted" },
    blockedLead:
      "Access to this service is restricted by your network’s policy. Nothing is wrong with your computer.",
    orderedLead:
      "Access to this service is restricted by an order that your network has to follow. Nothing is wrong with your computer.",
    cautionedLead:
      "This service is open only to those who have been cautioned about its use. Nothing is wrong with your computer.",
    cautions: [
      "Share no personal details, yours or others’, and nothing that is confidential.",
      "Do not trust its results blindly: check what it says before you rely on it.",
    ],
    nothingSent:
      "What your browser sent has not reached the service. Its contents were not looked at and not kept.",
    reasonHeading: "Reason",
    defaultBlockedReason: "The policy of this network does not allow the use of this service.",
    defaultOrderedReason: "This network has been ordered to restrict access to this service.",
    helpHeading: "If you need this service",
    help:
      "If your work depends on this service, or if you think the restriction is a mistake, please contact the people named here and give the reference code.",
    helpWithoutContact:
      "If your work depends on this service, or if you think the restriction is a mistake, please ask the people who run your network and give the reference code.",
    detailsHeading: "Details",
    labels: Labels(
      authority: "Authority",
      document: "Document",
      review: "Next review",
      contact: "Contact",
      reference: "Reference code",
      name: "Requested name",
      service: "Service",
      vendor: "Provider",
      category: "Category",
      rule: "Rule",
      trigger: "Matched entry",
      policy: "Policy list",
      client: "Your address",
      time: "Time"),
    categories: [
      "agent": "AI agent",
      "aggregator": "Access to several AI services",
      "api": "AI programming interface",
      "audio": "Speech and audio generation",
      "bypass": "Circumvention of network policy",
      "chat": "AI chat assistant",
      "code": "AI coding assistant",
      "companion": "AI companion",
      "image": "Image generation",
      "inference-platform": "AI model hosting",
      "model-hub": "AI model library",
      "search": "AI search",
      "tor": "Tor network",
      "translate-proxy": "Translation of whole pages",
      "video": "Video generation",
      "vpn": "Virtual private network",
      "web-proxy": "Web proxy",
    ],
    privacy:
      "For each notice this server records the facts shown above. It sets no cookies, and it records neither the page you asked for nor anything you typed.",
    thisServer: Message(
      title: "This is a notice server",
      body:
        "When the policy of this network restricts a service, its name leads here instead, and this server explains which rule applies and whom to ask. Nothing else is served here."),
    misdirected: Message(
      title: "This name is not restricted for you",
      body:
        "Your request came to a notice server, but no restriction applies to this name from your computer. The browser may still remember an earlier answer: please wait a minute and try again."),
    badRequest: Message(
      title: "The request could not be understood",
      body: "It does not say which host it is meant for."),
    notFound: Message(
      title: "There is no such page",
      body: "Nothing is served under this address."))
}
