import Logging
import Sinkhole
import SinkholeTransports

/// The fetched lists of a configuration, between the one who fetches and the one who reads.
enum FetchedLists {
  /// - Throws: a source that is none: a URL that cannot be fetched.
  static func sources(of configuration: Configuration) throws(Faults) -> [RemoteSource] {
    var faults: [Fault] = []
    var sources: [RemoteSource] = []
    for source in configuration.zones {
      guard case .address(let remote) = source.place, let name = source.name else { continue }
      do throws(RemoteSourceError) {
        sources.append(
          try RemoteSource(
            name: name, url: remote.url, maximumSize: remote.maximumSize, timeout: .seconds(remote.timeout),
            refreshInterval: .seconds(remote.refresh), trustRoots: remote.trustRoots))
      } catch {
        let file = configuration.file ?? "configuration"
        faults.append(Fault(file: file, line: source.line, "list \(name): \(error)", remedy: "Correct it."))
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    return sources
  }

  /// Keeps them fresh, and has each new one put in force. Nil when the folder of their copies cannot be had: what is there
  /// is served, and nothing is fetched.
  static func refresher(
    _ configuration: Configuration, reloader: Reloader, logger: Logger
  ) throws(Faults) -> ListRefresher? {
    let sources = try sources(of: configuration)
    do throws(StoreError) {
      let store = try SourceStore(folder: SourceLoader.folder(of: configuration))
      return ListRefresher(
        sources: sources, fetcher: ListFetcher(store: store), logger: logger,
        inspect: { source, path in await inspect(path, as: source.name, reloader) },
        onChange: { _ in _ = await reloader.reload() })
    } catch {
      if !sources.isEmpty { logger.error("event=lists_not_refreshed reason=\"\(error)\"") }
      return nil
    }
  }

  /// Reads a candidate as the configuration in force reads it.
  private static func inspect(_ path: String, as name: String, _ reloader: Reloader) async -> Inspection {
    let configuration = await reloader.configuration
    guard let source = configuration.zones.first(where: { $0.name == name }) else {
      return .refused("no list has this name any more")
    }
    do throws(Faults) {
      return .entries(try SourceLoader(configuration).inspect(path, source).triggerCount)
    } catch {
      let first = error.list[0]
      let place = first.line > 0 ? "line \(first.line): " : ""
      return .refused("\(place)\(first.problem)")
    }
  }
}

/// Fetched lists through the control socket: `lists`, `lists refresh NAME`, `lists accept NAME`.
struct ListDesk {
  let refresher: ListRefresher?

  /// Nil when `words` are no request of this kind.
  func respond(to words: [String]) async -> ControlAnswer? {
    guard words.first == "lists" else { return nil }
    guard let refresher else {
      return ControlAnswer(isSuccess: false, text: "no list is fetched: the folder of their copies is not ours. See the log.")
    }
    switch words.count {
    case 1: return ControlAnswer(isSuccess: true, text: await ListDesk.text(refresher.status()))
    case 3 where words[1] == "refresh" || words[1] == "accept":
      guard let outcome = await refresher.refresh(name: words[2], acceptingShrink: words[1] == "accept") else {
        let known = await refresher.status().map(\.name)
        let list = known.isEmpty ? "there is none" : "expected one of: \(known.joined(separator: ", "))"
        return ControlAnswer(isSuccess: false, text: "no fetched list is called \"\(words[2])\", \(list).")
      }
      return ListDesk.answer(outcome, words[2])
    default: return nil
    }
  }

  private static func answer(_ outcome: FetchOutcome, _ name: String) -> ControlAnswer {
    switch outcome {
    case .replaced(let entries): ControlAnswer(isSuccess: true, text: "list \(name) replaced: \(entries) entries")
    case .unchanged: ControlAnswer(isSuccess: true, text: "list \(name) is as it was")
    case .kept(let reason): ControlAnswer(isSuccess: false, text: "list \(name) kept as it was: \(reason)")
    case .missing(let reason): ControlAnswer(isSuccess: false, text: "list \(name) is missing: \(reason)")
    }
  }

  private static func text(_ status: [SourceStatus]) -> String {
    guard !status.isEmpty else { return "no list is fetched" }
    return status.map { list in
      var parts = ["list=\(list.name)", "url=\(list.url)"]
      if let entries = list.entries { parts.append("entries=\(entries)") }
      if let fetched = list.fetched { parts.append("fetched=\(Instant(unixSeconds: Int64(fetched)))") }
      if let checked = list.checked { parts.append("checked=\(Instant(unixSeconds: Int64(checked)))") }
      parts.append("next=\(Instant(unixSeconds: Int64(list.due)))")
      if list.path == nil { parts.append("copy=none") }
      if let failure = list.failure { parts.append("failures=\(list.failures) code=\(failure.code.rawValue) reason=\"\(failure)\"") }
      return parts.joined(separator: " ")
    }.joined(separator: "\n")
  }
}
