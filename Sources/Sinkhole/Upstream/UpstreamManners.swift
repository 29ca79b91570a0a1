/// What one upstream has shown to understand, as one worker knows it. Everything is tried again after a while, so that a
/// server which learns, or a fault on the way, costs that while at most.
struct UpstreamManners: Sendable {
  /// Milliseconds after which what was given up is tried again.
  private static let memory: UInt64 = 15 * 60_000
  /// The same for what silence alone told.
  private static let memoryOfSilence: UInt64 = 30_000
  /// Responses in other letters, one after the other, after which random case is given up.
  private static let foldsNeeded = 3

  private enum EDNSLevel: Int, Sendable { case withOptions, plain, none }

  private var level = EDNSLevel.withOptions
  private var levelUntil: UInt64 = 0
  private var hasUsedEDNS = false
  private var folds = 0
  private var lowerCaseUntil: UInt64 = 0
  var cookie: UpstreamCookie

  init(cookie: UInt64) { self.cookie = UpstreamCookie(client: cookie) }

  /// How to put the next query.
  func form(_ options: ForwardingOptions, now: UInt64) -> UpstreamQuery.Form {
    var form: UpstreamQuery.Form = []
    if options.randomCase, now >= lowerCaseUntil { form.insert(.randomCase) }
    switch now < levelUntil ? level : .withOptions {
    case .withOptions: form.formUnion(options.cookies ? [.edns, .cookie] : .edns)
    case .plain: form.insert(.edns)
    case .none: break
    }
    return form
  }

  /// The plainer form to try after one that was refused (RFC 6891 section 7); nil when there is none.
  static func plainer(_ form: UpstreamQuery.Form) -> UpstreamQuery.Form? {
    if form.contains(.cookie) { return form.subtracting(.cookie) }
    return form.contains(.edns) ? form.subtracting(.edns) : nil
  }

  /// Silence may be a fault on the way that drops what has an OPT. It is tried without once, where none with has ever been
  /// answered, or nothing is any more (DNS flag day 2019: silence alone proves nothing).
  func mayBeDeafToEDNS(isDown: Bool) -> Bool { !hasUsedEDNS || isDown }

  /// A query in this form was understood. `isPlainer`: one in a better form was not.
  mutating func noteUnderstood(_ form: UpstreamQuery.Form, hasOPT: Bool, isPlainer: Bool, afterSilence: Bool, now: UInt64) {
    if form.contains(.edns), hasOPT { hasUsedEDNS = true }
    guard isPlainer else { return }
    level = form.contains(.cookie) ? .withOptions : form.contains(.edns) ? .plain : .none
    levelUntil = now + (afterSilence && hasUsedEDNS ? UpstreamManners.memoryOfSilence : UpstreamManners.memory)
  }

  mutating func noteExact() { folds = 0 }

  /// The question came back in other letters than it was sent in.
  mutating func noteFolded(now: UInt64) {
    folds += 1
    guard folds >= UpstreamManners.foldsNeeded else { return }
    folds = 0
    lowerCaseUntil = now + UpstreamManners.memory
  }
}
