import NIOPosix

/// Fetches a list and decides whether it takes the place of the last good copy.
///
/// Nothing that a server sends can take a list away: an error, a page, an empty or a much shorter list leaves the copy
/// that is there. It knows the octets of a list, never their meaning; that is asked of `inspect`.
package struct ListFetcher: Sendable {
  package let store: SourceStore
  private let now: @Sendable () -> Int

  /// - Parameter now: Seconds since 1970, for the metadata.
  package init(store: SourceStore, now: @escaping @Sendable () -> Int = TimeSource.system.now) {
    self.store = store
    self.now = now
  }

  /// One fetch, from the request to the file in its place. Ends early when the task is cancelled.
  /// - Parameters:
  ///   - acceptingShrink: Takes a list with less than half of the entries of the copy that is there.
  ///   - inspect: Reads the file at a path as a list. It may be asked about the last good copy too. The source's
  ///     timeout does not hold for it.
  package func fetch(
    _ source: RemoteSource, acceptingShrink: Bool = false, inspect: @Sendable (String) async -> Inspection
  ) async -> FetchOutcome {
    let present = store.folder.list(of: source)
    do throws(FetchFailure) {
      let transfer = ListTransfer(
        source: source, validators: validators(present, source),
        makeFile: { () throws(StoreError) in try store.candidate(for: source) })
      switch try await transfer.run() {
      case .notModified:
        try await confirm(present, source)
        return .unchanged
      case .received(let candidate, let validators):
        // In place by then, or of no use.
        defer { candidate.discard() }
        let entries = try await count(in: candidate.path, inspect)
        if !acceptingShrink { try await compare(entries, with: present, source, inspect) }
        let metadata = metadata(of: source, validators, entries: entries)
        return try await place(candidate, metadata, over: present, source)
      }
    } catch {
      return present == nil ? .missing(reason: error) : .kept(reason: error)
    }
  }

  /// Those of the copy that is there, if it came from where the source now is.
  private func validators(_ present: StoredList?, _ source: RemoteSource) -> Validators {
    guard let metadata = present?.metadata, metadata.url == source.url.description else { return .none }
    return metadata.validators
  }

  private func count(
    in path: String, _ inspect: @Sendable (String) async -> Inspection
  ) async throws(FetchFailure) -> Int {
    switch await inspect(path) {
    case .entries(let count) where count > 0: return count
    case .entries: throw FetchFailure(.empty, "no entry in it, expected a list")
    case .refused(let reason): throw FetchFailure(.inspection, reason)
    }
  }

  /// Half a list is an accident more often than a decision.
  private func compare(
    _ entries: Int, with present: StoredList?, _ source: RemoteSource, _ inspect: @Sendable (String) async -> Inspection
  ) async throws(FetchFailure) {
    guard let present else { return }
    let before: Int
    if let metadata = present.metadata {
      // Another URL is another list, and somebody has chosen it.
      guard metadata.url == source.url.description else { return }
      before = metadata.entries
    } else {
      // A copy that is no longer read as a list protects nobody.
      guard case .entries(let count) = await inspect(present.path) else { return }
      before = count
    }
    guard entries >= before - before / 2 else {
      throw FetchFailure(
        .shrunk,
        "\(entries) entries where \(before) were, expected half of them at least. Accept it by hand if it is right")
    }
  }

  private func metadata(of source: RemoteSource, _ validators: Validators, entries: Int) -> ListMetadata {
    let time = now()
    return ListMetadata(
      url: source.url.description, validators: validators, fetched: time, checked: time, entries: entries,
      stamp: FileStamp(size: 0, seconds: 0, nanoseconds: 0))
  }

  /// A 304: the copy is current.
  private func confirm(_ present: StoredList?, _ source: RemoteSource) async throws(FetchFailure) {
    // Without metadata the request had no condition, and a 304 is a failure.
    guard var metadata = present?.metadata else { return }
    metadata.checked = now()
    try await onDisk { [metadata] in try store.update(metadata, of: source) }
  }

  private func place(
    _ candidate: PartFile, _ metadata: ListMetadata, over present: StoredList?, _ source: RemoteSource
  ) async throws(FetchFailure) -> FetchOutcome {
    try await onDisk {
      // Servers without validators send the same list each time; reading it again would change nothing.
      if let present, FileComparison.isSame(candidate.path, present.path) {
        var metadata = metadata
        metadata.fetched = present.metadata?.fetched ?? present.stamp.seconds
        metadata.stamp = present.stamp
        try store.update(metadata, of: source)
        return .unchanged
      }
      try store.commit(candidate, metadata, of: source)
      return .replaced(entries: metadata.entries)
    }
  }

  /// On a thread that may wait for the disk.
  private func onDisk<Value: Sendable>(
    _ action: @escaping @Sendable () throws -> Value
  ) async throws(FetchFailure) -> Value {
    do {
      return try await NIOThreadPool.singleton.runIfActive(action)
    } catch let error as StoreError {
      throw FetchFailure(error)
    } catch {
      throw FetchFailure(.cancelled, "given up")
    }
  }
}
