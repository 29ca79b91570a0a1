/// How one form of list is written.
protocol ListFormat {
  /// `a hosts file`
  static var kind: String { get }

  /// Takes one line.
  mutating func take(_ line: Span<UInt8>, _ list: inout ListReader)

  /// What stands against the list as a whole, once all lines are taken.
  func objection(_ list: ListReader) -> String?
}

/// Reads a list of names: a policy zone whose entries are plain subtrees.
///
/// Lists come from elsewhere and always hold a few entries that are no names: those are counted, up to one in a hundred
/// lines. A list with more is probably no list of that form, and refused whole.
struct ListReader {
  /// Faults that are shown of what made a list be refused.
  private static let exampleCount = 5
  /// Lists are zones below this name.
  private static let suffix = "list.sinkhole.internal"

  private var builder: PolicyZoneBuilder
  private let nameGuard: NameGuard
  private let file: String
  private var faults = FaultLog()
  private var examples: [Fault] = []
  private var malformed = 0
  private var listed: UInt16?
  private var exception: UInt16?
  /// Number of the line being taken, from 1.
  private var line = 0
  /// Lines that hold something other than a comment.
  private(set) var entryLines = 0

  static func read(
    file: String, _ format: some ListFormat, _ title: String?, _ nameGuard: NameGuard, _ audience: SourceAudience? = nil
  ) throws(Faults) -> PolicyZone {
    try read(file, format, title, nameGuard, audience) { () throws(Fault) in try SourceLines(file: file) }
  }

  /// Reads text already in memory, called `file` in faults.
  static func read(text: [UInt8], file: String, _ format: some ListFormat) throws(Faults) -> PolicyZone {
    try read(file, format, nil, .basic, nil) { () throws(Fault) in try SourceLines(text: text, file: file) }
  }

  private static func read(
    _ file: String, _ format: some ListFormat, _ title: String?, _ nameGuard: NameGuard, _ audience: SourceAudience?,
    _ open: () throws(Fault) -> SourceLines
  ) throws(Faults) -> PolicyZone {
    let title = title ?? SourceTitle.stem(of: file)
    var list = ListReader(file: file, title: title, nameGuard: nameGuard, audience: audience)
    do throws(Fault) {
      let lines = try open()
      list.builder.identify(
        origin: Name("\(SourceTitle.label(title)).\(suffix)") ?? Name(), serial: ListSerial.serial(at: lines.modified),
        title: title)
      try list.read(lines, format)
    } catch {
      list.faults.report(error)
    }
    return try list.finish()
  }

  private init(file: String, title: String, nameGuard: NameGuard, audience: SourceAudience?) {
    builder = PolicyZoneBuilder(file: file, title: title, form: .list, audience: audience)
    self.file = file
    self.nameGuard = nameGuard
  }

  private mutating func read<Format: ListFormat>(_ lines: consuming SourceLines, _ format: Format) throws(Fault) {
    var format = format
    var estimate = ArenaEstimate(lines.size, builder.zone.triggers)
    while let range = try lines.next() {
      line = lines.line
      format.take(lines.octets.extracting(range), &self)
      if let octets = estimate.octets(after: lines.consumed, builder.zone.triggers) {
        builder.reserve(arenaOctets: octets)
      }
    }
    judge(format)
  }

  // MARK: What formats tell

  mutating func noteEntry() { entryLines += 1 }

  /// Lists `name` and what lies below it; of a wildcard only what lies below. An exception opens it.
  @inline(__always)
  mutating func add(_ name: Span<UInt8>, isWildcard: Bool = false, isException: Bool = false, at offset: Int) {
    guard let labels = LabelStarts(name) else {
      return skip(.inexpressible, "a name of more than \(SuffixHashes.maximumDepth) labels", at: offset)
    }
    if let reason = nameGuard.reason(for: name, labels, isException: isException) {
      return skip(.guarded, reason, at: offset)
    }
    let action = action(isException: isException)
    let isIn =
      isWildcard
      ? builder.add(name, isWildcard: true, action: action, line: line)
      : builder.addSubtree(name, action: action, line: line)
    if !isIn { fault(0, "more than 4 GiB of names in a list", "Part it.") }
  }

  @inline(__always)
  private mutating func action(isException: Bool) -> UInt16 {
    if let known = isException ? exception : listed { return known }
    // The first two of a zone's 65,535.
    let action = builder.index(of: isException ? .passthru : .listed) ?? 0
    if isException { exception = action } else { listed = action }
    return action
  }

  /// Counts an entry that is not taken, which begins at `offset` of the line.
  mutating func skip(_ cause: PolicyZone.Skip.Cause, _ reason: String, at offset: Int) {
    builder.skip(cause, reason, line: line, column: offset + 1)
  }

  /// Counts an entry that is none. `at` is the offset of it in the line, `shown` its text.
  mutating func malformed(_ reason: String, _ shown: Span<UInt8>, at offset: Int) {
    malformed += 1
    show(reason, shown, at: offset)
    skip(.malformed, reason, at: offset)
  }

  /// Keeps an entry that is none, to be told when the list is refused.
  mutating func show(_ reason: String, _ shown: Span<UInt8>, at offset: Int) {
    guard examples.count < ListReader.exampleCount else { return }
    examples.append(
      Fault(
        file: file, line: line, column: offset + 1, "\"\(ListReader.excerpt(shown))\": \(reason)",
        remedy: "Correct it, or delete the line."))
  }

  /// Reports what refuses the list by itself.
  mutating func fault(_ column: Int, _ problem: String, _ remedy: String) {
    faults.report(Fault(file: file, line: line, column: column, problem, remedy: remedy))
  }

  /// Up to sixty octets of a line, as far as they can be shown.
  static func excerpt(_ text: Span<UInt8>) -> String {
    let octets = [UInt8](copying: text.extracting(first: 60))
    let shown = String(decoding: octets, as: UTF8.self).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return String(String.UnicodeScalarView(shown)) + (text.count > 60 ? "..." : "")
  }

  // MARK: Closing

  private mutating func judge<Format: ListFormat>(_ format: Format) {
    if let objection = format.objection(self) {
      refuse(objection)
    } else if entryLines == 0 {
      refuse("holds nothing but comments, expected \(Format.kind)")
    } else if malformed * 100 > entryLines {
      refuse("\(malformed) of \(entryLines) lines are no entries of \(Format.kind), and one in a hundred may be")
    } else if builder.zone.triggerCount == 0, faults.isEmpty {
      refuse("none of its \(entryLines) lines is an entry that can be taken, expected \(Format.kind)")
    }
  }

  private mutating func refuse(_ problem: String) {
    faults.report(Fault(file: file, problem, remedy: "Is this the right file, and its format?"))
    for example in examples { faults.report(example) }
  }

  private consuming func finish() throws(Faults) -> PolicyZone {
    guard faults.isEmpty else { throw faults.closed(for: file) }
    var closing = builder
    if let listed, let exception { closing.settleExceptions(listed: listed, exception: exception) }
    return closing.finish()
  }
}
