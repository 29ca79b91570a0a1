import Foundation
import SinkholeTransports
import Support
import Synchronization
import Testing

/// A store in a folder of its own, and fetches into it. The folder goes with it.
final class Lab: Sendable {
  let folder: String
  let store: SourceStore
  let fetcher: ListFetcher
  let clock = ManualClock()

  init() throws {
    folder = try Peer.folder()
    store = try SourceStore(folder: folder)
    fetcher = ListFetcher(store: store, now: clock.source.now)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A list with so many entries.
  static func list(_ entries: Int, _ name: String = "list") -> String {
    "# \(name)\n" + (0..<entries).map { "\($0).example.org\n" }.joined()
  }

  /// Counts lines that are not blank and no comment; a line with a space is a fault.
  static let inspect: @Sendable (String) async -> Inspection = { path in
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return .refused("cannot be read") }
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    if let line = lines.first(where: { $0.contains(" ") }) { return .refused("\"\(line)\" is no name") }
    return .entries(lines.count)
  }

  func source(
    _ url: String, name: String = "test", maximumSize: Int = RemoteSource.defaultSize,
    timeout: Duration = .seconds(20), refreshInterval: Duration = .seconds(3600), trustRoots: String? = nil
  ) throws -> RemoteSource {
    try RemoteSource(
      name: name, url: url, maximumSize: maximumSize, timeout: timeout, refreshInterval: refreshInterval,
      trustRoots: trustRoots ?? Authority.trusted.get().file, allowsPlainHTTP: true)
  }

  func fetch(_ source: RemoteSource, acceptingShrink: Bool = false) async -> FetchOutcome {
    await fetcher.fetch(source, acceptingShrink: acceptingShrink, inspect: Lab.inspect)
  }

  /// The stored list's text; nil when there is none.
  func stored(_ name: String = "test") -> String? {
    try? String(contentsOfFile: "\(folder)/\(name).list", encoding: .utf8)
  }

  func metadata(_ name: String = "test") -> String? {
    try? String(contentsOfFile: "\(folder)/\(name).meta", encoding: .utf8)
  }

  func write(metadata text: String, _ name: String = "test") throws {
    try text.write(toFile: "\(folder)/\(name).meta", atomically: false, encoding: .utf8)
  }

  /// All names in the folder.
  var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? [] }
}

extension FetchOutcome {
  /// Why there is no new list; nil: there is one, or it is current.
  var failure: FetchFailure? {
    switch self {
    case .replaced, .unchanged: nil
    case .kept(let reason), .missing(let reason): reason
    }
  }

  var isKept: Bool { if case .kept = self { true } else { false } }
  var isMissing: Bool { if case .missing = self { true } else { false } }
}

/// A clock that stands until it is moved. Waiting does not wait for it: a loop that waits looks again at once.
final class ManualClock: Sendable {
  private let seconds = Mutex(1_700_000_000)

  var now: Int { seconds.withLock { $0 } }

  func advance(_ count: Int) { seconds.withLock { $0 += count } }

  var source: TimeSource {
    TimeSource(now: { self.now }, sleep: { _ in try await Task.sleep(for: .milliseconds(1)) })
  }
}

/// Waits until `condition` holds, a minute at most, without holding a thread.
func eventually(
  at place: SourceLocation = #_sourceLocation, _ condition: @Sendable () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + .seconds(60)
  while !(try await condition()) {
    guard ContinuousClock.now < end else { throw NotInTime(place: place) }
    try await Task.sleep(for: .milliseconds(5))
  }
}

struct NotInTime: Error {
  let place: SourceLocation
}
