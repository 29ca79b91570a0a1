extension Language {
  static let english = Language(
    tag: "en",
    masthead: "Network access notice",
    title: { "Access to \($0) is restricted" },
    blockedLead:
      "Access to this service is restricted by your network’s policy. Nothing is wrong with your computer.",
    orderedLead:
      "Access to this service is restricted by an order that your network has to follow. Nothing is wrong with your computer.",
    cautions: [
      "Share no personal details, yours or others’, and no official secrets or anything else that is confidential.",
      "Do not trust its results blindly: check what it says before you rely on it.",
    ],
    nothingSent:
      "What your browser sent has not reached the service. Its contents were not looked at and not kept.",
    reasonHeading: "Reason",
    defaultBlockedReason: "The policy of this network does not allow the use of this service.",
    defaultOrderedReason: "This network has been ordered to restrict access to this service.",
    defaultCautionedReason: "The policy of this network asks everyone to read this caution before they use the service.",
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
    privacy: { client in
      let address =
        switch client {
        case .whole: "the facts shown above, your address among them"
        case .prefix: "the facts shown above, but of your address only the network it lies in"
        case .pseudonym: "the facts shown above, with a pseudonym in place of your address"
        case .none: "the facts shown above, but not your address"
        }
      return
        "For each notice this server records \(address). It sets no cookies, and it records neither the page you asked for nor anything you typed there."
    },
    caution: Caution(
      title: { "Before you use \($0)" },
      lead: "You may use this service. Please read these points first.",
      nameLabel: "Your name",
      nameHint: "Several people share your address, so a name is needed.",
      button: { "I have read this: open \($0)" },
      recorded: "That you have read this is recorded, with the time and the facts shown below.",
      closedLead:
        "This service is open only to those who have been cautioned about its use. Nothing is wrong with your computer."),
    opened: Opened(
      title: { "\($0) is open for you" },
      until: { "You can use the service until \($0)." },
      oldAddress:
        "Your browser may remember the old address for up to a minute. If this page comes back, please wait and try again.",
      link: { "Go to \($0)" },
      remember: "Please remember"),
    ask: Ask(
      heading: "Ask for authorisation",
      intro: "Tell the people in charge why you need this service. They decide, and you can follow what becomes of your request.",
      nameLabel: "Your name",
      nameHint: "With your department, so that you can be found.",
      reasonLabel: "What you need it for",
      reasonHint: "In a few sentences, without personal details or anything confidential.",
      daysLabel: "For how long",
      days: { $0 == 1 ? "1 day" : "\($0) days" },
      button: "Send the request",
      recorded: "What you write here is kept with your request, together with your address and the facts on this page, for those who decide."),
    receipt: Receipt(
      title: "Your request has been received",
      received: "The people in charge will look at it. Until they have decided, the service stays restricted.",
      stateTitle: { "Request \($0)" },
      number: "Request number",
      state: "State",
      until: "Until",
      note: "Note",
      requested: "Waiting for a decision",
      approved: "Approved",
      denied: "Denied",
      active: "Open",
      ended: "Ended",
      revoked: "Revoked",
      next: { progress in
        switch progress {
        case .requested: "Nobody has decided yet. Please look again later."
        case .approved: "The service will be opened for you at the time that was set."
        case .denied: "The service stays restricted. If you have questions, please give the number of the request."
        case .active: "You can use the service now. If your browser still shows a notice, please wait a minute and try again."
        case .ended: "The time is over, and the service is restricted again. You can ask for it anew."
        case .revoked: "The authorisation was withdrawn. If you have questions, please give the number of the request."
        }
      },
      link: "See what becomes of it",
      keep: "Keep this address: it works from your computer only.",
      unknown: Message(
        title: "This request is not known here",
        body:
          "The address is incomplete or out of date, or the request was made from another computer. Whoever you ask about it will find it by its number.")),
    overview: Overview(
      title: "What is restricted on your network",
      lead:
        "When the policy of this network restricts a service, its name leads to this server, which explains why and whom to ask. These restrictions hold for your computer now.",
      nothing: "No service is restricted for your computer.",
      blocked: "Restricted",
      ordered: "Restricted by order",
      cautioned: "Open after a caution",
      services: { $0 == 1 ? "1 service" : "\($0) services" },
      omitted: { "\($0) more are restricted and not shown here." },
      lists: "Further names, from the lists",
      otherCategory: "Other services",
      open: { "open for you until \($0)" }),
    faultsHeading: "Please correct the following",
    faultsTitle: "Not sent",
    fault: { fault in
      switch fault {
      case .nameMissing: "Enter your name."
      case .nameTooLong: "Shorten the name to \(FormLimits.nameLength) characters."
      case .reasonMissing: "Say what you need the service for."
      case .reasonTooLong: "Shorten what you need it for to \(FormLimits.reasonLength) characters."
      case .daysMissing: "Choose for how long."
      case .outdated: "This page had become out of date. Please send the form again."
      case .tooMany: "Too many requests have come from your address. Please try again later."
      case .unavailable: "The form cannot be taken at the moment. Please try again later, or use the contact on this page."
      }
    },
    misdirected: Message(
      title: "This name is not restricted for you",
      body:
        "Your request came to a notice server, but no restriction applies to this name from your computer. The browser may still remember an earlier answer: please wait a minute and try again."),
    badRequest: Message(
      title: "The request could not be understood",
      body: "It does not say which host it is meant for."),
    notFound: Message(
      title: "There is no such page",
      body: "Nothing is served under this address."),
    methodNotAllowed: Message(
      title: "This is a notice server",
      body: "It shows pages and takes nothing in under this name."),
    badForm: Message(
      title: "The form could not be read",
      body: "It is too long or not in the form in which browsers send one. Please go back, load the page again and send it anew."),
    foreignForm: Message(
      title: "The form came from another site",
      body: "Nothing has been done. If you want to send it, please open the page itself and fill in the form there."))
}
