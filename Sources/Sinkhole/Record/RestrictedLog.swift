/// The record of restricted queries as its one keeper uses it: events go in, and lines leave for the file once for
/// each drain of the journal. Kept by the thread that reads the journal, and by no other.
package final class RestrictedLog {
  private let file: RecordFile
  private let privacy: ClientPrivacy
  private var folder: RecordFolder
  private var batch: [UInt8] = []
  private var lines = 0

  /// - Parameters:
  ///   - path: of the file; its folder is there already.
  ///   - warn: as in `RecordFile`.
  package init(
    path: String, limits: RecordLimits, privacy: ClientPrivacy, counters: RecordCounters,
    warn: @escaping (String) -> Void
  ) {
    file = RecordFile(path: path, limits: limits, counters: counters, warn: warn)
    folder = RecordFolder(window: limits.foldWindow, capacity: limits.foldEntries, counters: counters)
    self.privacy = privacy
  }

  /// Takes an event. Its line is written with the next `flush`, or now when a MiB has gathered.
  package func add(_ record: RestrictedRecord, at moment: RecordMoment) {
    folder.add(record, client: privacy.text(of: record.client), now: moment.steady) { take($0, $1) }
    if batch.count >= RecordLimits.batch { write(at: moment) }
  }

  /// Writes what has gathered and what is due by now; sees to rotation and age. Call it after each drain, and when
  /// there was nothing to drain.
  package func flush(at moment: RecordMoment) {
    folder.expire(now: moment.steady) { take($0, $1) }
    write(at: moment)
  }

  /// Writes everything: the server stops.
  package func finish(at moment: RecordMoment) {
    folder.finish { take($0, $1) }
    write(at: moment)
  }

  private func take(_ record: RestrictedRecord, _ client: String?) {
    RecordLine.append(record, client: client, to: &batch)
    lines += 1
  }

  private func write(at moment: RecordMoment) {
    file.write(batch, lines: lines, at: moment)
    batch.removeAll(keepingCapacity: true)
    lines = 0
  }
}
