/// The offset of a time zone from UTC at every instant, as the tz database has it. Read when a configuration is loaded;
/// a look-up allocates nothing and takes some 10 ns, or 80 ns where the rule for the years to come is computed.
package struct TimeZoneRules: Hashable, Sendable {
  /// `Asia/Seoul`
  package let name: String
  /// Unix seconds, ascending.
  private let transitions: [Int64]
  /// Seconds east of UTC from the transition of the same place on.
  private let offsets: [Int32]
  /// Seconds east of UTC before the first transition.
  private let firstOffset: Int32
  /// What holds from the last transition on; nil when its offset stays.
  private let footer: PosixTimeZone?

  /// Seconds: no offset is farther from UTC, to either side (RFC 9636 section 3.2).
  package static let maximumOffset: Int64 = 93_599

  /// Octets: the largest file of the tz database has some 4,000.
  package static let maximumFileSize = 1 << 20

  package static let utc = TimeZoneRules()

  private init() {
    name = "UTC"
    transitions = []
    offsets = []
    firstOffset = 0
    footer = nil
  }

  /// What the octets of a TZif file say (RFC 9636, versions 1 to 4).
  /// - Parameter file: how an error names them.
  package init(name: String, file: String, octets: [UInt8]) throws(TimeZoneError) {
    let contents: TimeZoneFile
    do throws(TimeZoneFile.Malformed) {
      contents = try TimeZoneFile(octets)
    } catch {
      throw TimeZoneError(
        "\(file) is no time zone: \(error.reason)",
        remedy: "Name a zone of the tz database, such as Asia/Seoul, or install tzdata anew.")
    }
    self.name = name
    transitions = contents.transitions
    offsets = contents.offsets
    firstOffset = contents.firstOffset
    footer = contents.footer
  }

  /// The zone `name` of the tz database, such as `Asia/Seoul`. `UTC` needs no file.
  /// - Throws: no name of a zone, no such file below `folder`, or one that is no TZif file of at most 1 MiB.
  package static func read(_ name: String, folder: String = "/usr/share/zoneinfo") throws(TimeZoneError)
    -> TimeZoneRules
  {
    guard isName(name) else {
      throw TimeZoneError(
        "\"\(name.prefix(40))\" is no name of a time zone", remedy: "Write one such as Asia/Seoul or UTC.")
    }
    if isUTC(name) { return utc }
    return try read(name, file: "\(folder)/\(name)")
  }

  static func read(_ name: String, file: String) throws(TimeZoneError) -> TimeZoneRules {
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try FileContents.read(file, limit: maximumFileSize)
    } catch {
      throw TimeZoneError(
        "time zone \"\(name)\": \(file) cannot be read: \(error)",
        remedy: "Is the name spelt as in the tz database (Asia/Seoul), and the package tzdata installed?")
    }
    return try TimeZoneRules(name: name, file: file, octets: octets)
  }

  /// Whether a file below the folder can be meant: words of the letters that the tz database uses, parted by `/`.
  static func isName(_ name: String) -> Bool {
    guard name.utf8.count <= 128 else { return false }
    return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.first != UInt8(ascii: ".")
        && part.allSatisfy { octet in
          switch octet {
          case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
          case UInt8(ascii: "0")...UInt8(ascii: "9"): true
          case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
          default: false
          }
        }
    }
  }

  static func isUTC(_ name: String) -> Bool { name == "UTC" || name == "Etc/UTC" }

  /// Seconds east of UTC.
  package func offset(at unixSeconds: Int64) -> Int {
    let passed = transitionsPassed(at: unixSeconds)
    if passed == transitions.count, let footer { return footer.offset(at: unixSeconds) }
    return Int(passed == 0 ? firstOffset : offsets[passed - 1])
  }

  /// The first instant after `unixSeconds` from which another offset may hold; nil when this one holds for ever.
  package func nextTransition(after unixSeconds: Int64) -> Int64? {
    let passed = transitionsPassed(at: unixSeconds)
    return passed < transitions.count ? transitions[passed] : footer?.nextChange(after: unixSeconds)
  }

  /// How many transitions lie at or before `instant`.
  private func transitionsPassed(at instant: Int64) -> Int {
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A time zone that cannot be had, for people: `what is wrong. Remedy.`
package struct TimeZoneError: Error, Hashable, Sendable, CustomStringConvertible {
  package let problem: String
  package let remedy: String

  init(_ problem: String, remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }

  package var description: String { "\(problem). \(remedy)" }
}
