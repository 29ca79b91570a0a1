/// Looks zones over as their author would: what the resolver refuses or leaves out, what does not do what it seems to, and
/// what is said of services.
///
/// A **fault** is wrong in any case. **Advice** is right and probably not meant.
package struct CatalogueCheck {
  package private(set) var faults = FindingLog()
  package private(set) var advice = FindingLog()
  package private(set) var zones: [PolicyZone] = []

  /// Reads `files` with their names, and looks at all of them together: the first is the strongest.
  package init(_ files: CatalogueFiles, guard nameGuard: NameGuard) {
    var observers: [CheckObserver] = []
    for file in files.files {
      let observer = CheckObserver()
      do throws(Faults) {
        zones.append(try files.read(file, SourceAudience(observer, keepsNames: true)))
        observers.append(observer)
      } catch {
        for fault in error.list { faults.add(fault) }
      }
      for skip in observer.skips.findings { take(skip) }
    }
    if !nameGuard.isComplete {
      advice.add(
        Fault(
          file: NameGuard.publicSuffixFile, "cannot be read: public suffixes are not looked for",
          remedy: "Install the package publicsuffix."))
    }
    compareZones()
    var services = ServiceCheck()
    for (zone, observer) in zip(zones, observers) { services.check(zone, observer) }
    for fault in services.faults { faults.add(fault) }
    for fault in services.advice { advice.add(fault) }
    checkNames(nameGuard)
  }

  private mutating func take(_ skip: CheckObserver.Skips.Finding) {
    let more = skip.count > 1 ? ", the first of \(skip.count)" : ""
    let fault = Fault(
      file: skip.place.file, line: skip.place.line, column: skip.place.line > 0 ? 1 : 0, skip.reason + more,
      remedy: skip.cause == .guarded ? "It is left out: name the service's own hosts." : "It is left out: delete it.")
    if skip.cause == .guarded { faults.add(fault) } else { advice.add(fault) }
  }

  private mutating func compareZones() {
    var origins: [Name: String] = [:]
    var titles: [String: String] = [:]
    for zone in zones {
      if let other = origins.updateValue(zone.file, forKey: zone.origin) {
        faults.add(
          Fault(
            file: zone.file, "the zone \"\(zone.origin)\" is \(other) too",
            remedy: "Give one an $ORIGIN of its own."))
      } else if let other = titles.updateValue(zone.file, forKey: zone.title) {
        advice.add(
          Fault(
            file: zone.file, "rules would call it \"\(zone.title)\", as they would \(other)",
            remedy: "Begin one $ORIGIN with another label."))
      }
    }
  }

  private mutating func checkNames(_ nameGuard: NameGuard) {
    if let fault = CatalogueFiles.tooMany(zones) { return faults.add(fault) }
    do throws(Faults) {
      var names = NameCheck(try FlatPolicy(zones), guard: nameGuard)
      names.check()
      faults.add(names.faults)
      advice.add(names.advice)
    } catch {
      // Which trigger holds is not told, so nothing else can be said of names.
      for fault in error.list { faults.add(fault) }
    }
  }
}

/// Findings in the order of their places; the first thousand are kept, the others counted.
package struct FindingLog {
  static let maximumCount = 1000

  private var kept: [Fault] = []
  package private(set) var count = 0

  mutating func add(_ fault: Fault) {
    count += 1
    if kept.count < FindingLog.maximumCount { kept.append(fault) }
  }

  mutating func add(_ other: FindingLog) {
    for fault in other.kept { add(fault) }
    count += other.count - other.kept.count
  }

  /// One line each.
  package var lines: [String] {
    let sorted = kept.sorted { ($0.file, $0.line, $0.problem) < ($1.file, $1.line, $1.problem) }
    return sorted.map(\.description) + (count > kept.count ? ["and \(count - kept.count) more"] : [])
  }
}

/// Keeps what a check needs and a zone does not: where services are described and first named, and each kind of skip.
final class CheckObserver: SourceVisitor {
  struct Skips {
    struct Finding {
      let cause: PolicyZone.Skip.Cause
      let reason: String
      let place: SourcePlace
      var count = 1
    }

    /// Places that are kept of one reason.
    private static let maximumCount = 100

    private(set) var findings: [Finding] = []
    private var counts: [String: (count: Int, last: Int)] = [:]

    mutating func add(_ cause: PolicyZone.Skip.Cause, _ reason: String, _ place: SourcePlace) {
      var known = counts[reason] ?? (0, 0)
      known.count += 1
      if known.count <= Skips.maximumCount {
        known.last = findings.count
        findings.append(Finding(cause: cause, reason: reason, place: place))
      } else {
        findings[known.last].count += 1
      }
      counts[reason] = known
    }
  }

  private(set) var skips = Skips()
  private(set) var described: [(service: PolicyZone.Service, place: SourcePlace)] = []
  private(set) var named: [String: SourcePlace] = [:]
  private var last: String?

  func take(_ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action, at place: SourcePlace) {
    guard let id = action.service, id != last else { return }
    last = id
    if named[id] == nil { named[id] = place }
  }

  func take(_ service: PolicyZone.Service, at place: SourcePlace) { described.append((service, place)) }

  func skip(_ cause: PolicyZone.Skip.Cause, _ reason: String, at place: SourcePlace) { skips.add(cause, reason, place) }
}
