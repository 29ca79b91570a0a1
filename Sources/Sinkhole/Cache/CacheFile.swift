/// The cache over a restart: saved to a file while the server runs, restored from it before the server listens.
///
/// Names are hashed anew, ages go on by the time of day, and each response goes through `MessageWalk` again, like one
/// that comes from an upstream: the file is believed in nothing that the server's safety rests on.
package struct CacheFile: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  /// Why a file was not used. The cache is as empty as before.
  package enum Failure: Error, CustomStringConvertible {
    case system(SystemError)
    case foreign
    case version(UInt32)
    case tooLarge(Int, limit: Int)
    /// Seconds that the clock is behind it.
    case fromTheFuture(Int64)
    case damaged(offset: Int)

    package var description: String {
      switch self {
      case .system(let error): "\(error)"
      case .foreign: "it is no saved cache"
      case .version(let version): "it is of version \(version), expected \(CacheFileFormat.version)"
      case .tooLarge(let size, let limit): "it has \(size) octets, expected \(limit) at most"
      case .fromTheFuture(let seconds): "it was saved \(seconds) s after the present time of day"
      case .damaged(let offset): "it is cut or damaged behind octet \(offset)"
      }
    }
  }

  // MARK: Save

  /// Writes what `cache` holds, some octets at a time; then the file takes the place of the one before.
  /// - Parameters:
  ///   - now: seconds, monotonic.
  ///   - instant: Unix seconds.
  /// - Returns: the responses in it.
  @discardableResult
  package func save(_ cache: ResponseCache, now: UInt32, instant: Int64) throws(SystemError) -> Int {
    var file = try ReplacementFile(for: path)
    let head = CacheFileFormat.head(at: UInt64(max(0, instant)))
    var sum = CacheFileFormat.checksum(head.span, from: CacheFileFormat.checksumStart)
    try file.write(head.span)
    var block: [UInt8] = []
    var count = 0
    func close(_ file: borrowing ReplacementFile) throws(SystemError) {
      sum = CacheFileFormat.checksum(block.span, from: sum)
      var head: [UInt8] = []
      CacheFileFormat.append(UInt64(block.count), count: 4, to: &head)
      CacheFileFormat.append(sum, to: &head)
      try file.write(head.span)
      try file.write(block.span)
      block.removeAll(keepingCapacity: true)
    }
    try cache.walk { entry, ring in
      let age = now &- entry.storedAt
      // Stored since the walk began, or expired for good.
      let kept = UInt64(entry.lifetime) + UInt64(cache.limits.staleFor)
      let isNew = age > UInt32.max / 2
      guard isNew || UInt64(age) < kept else { return true }
      CacheFileFormat.append(entry, in: ring, age: isNew ? 0 : age, to: &block)
      count += 1
      return true
    } pause: { () throws(SystemError) in
      if block.count >= CacheFileFormat.blockSize { try close(file) }
    }
    if !block.isEmpty { try close(file) }
    try close(file)
    try file.putInPlace()
    return count
  }

  // MARK: Restore

  /// Fills an empty `cache` with what was saved. Nothing of a file that is not whole stays.
  /// - Returns: the responses that were kept; nil when there is no file.
  package func restore(into cache: ResponseCache, size: Int, now: UInt32, instant: Int64) throws(Failure) -> Int? {
    guard FileContents.exists(path) else { return nil }
    do throws(Failure) {
      return try read(into: cache, size: size, now: now, instant: instant)
    } catch {
      cache.removeAll()
      throw error
    }
  }

  private func read(into cache: ResponseCache, size: Int, now: UInt32, instant: Int64) throws(Failure) -> Int {
    var input: Input
    do throws(SystemError) { input = Input(try FileReader(path)) } catch { throw .system(error) }
    // Messages in the file have a header and a question more than in the cache.
    let limit = size * 2
    guard input.size <= limit else { throw .tooLarge(input.size, limit: limit) }
    var octets: [UInt8] = []
    guard try input.read(CacheFileFormat.headLength, into: &octets) else { throw .foreign }
    guard octets.span.uint32(at: 0) == CacheFileFormat.magic else { throw .foreign }
    let version = octets.span.uint32(at: 4)
    guard version == CacheFileFormat.version else { throw .version(version) }
    let saved = Int64(clamping: octets.span.uint64(at: 8))
    var sum = CacheFileFormat.checksum(octets.span, from: CacheFileFormat.checksumStart)
    guard saved <= instant else { throw .fromTheFuture(saved - instant) }
    let elapsed = UInt32(clamping: instant - saved)
    var count = 0
    while true {
      let start = input.offset
      guard try input.read(CacheFileFormat.blockHeadLength, into: &octets) else { throw .damaged(offset: start) }
      let length = Int(octets.span.uint32(at: 0))
      let expected = octets.span.uint64(at: 4)
      guard length <= CacheFileFormat.maximumBlock, try input.read(length, into: &octets) else {
        throw .damaged(offset: start)
      }
      sum = CacheFileFormat.checksum(octets.span, from: sum)
      guard sum == expected else { throw .damaged(offset: start) }
      if length == 0 { break }
      guard let kept = CacheFile.restore(octets.span, into: cache, elapsed: elapsed, now: now) else {
        throw .damaged(offset: start)
      }
      count += kept
    }
    guard input.offset == input.size else { throw .damaged(offset: input.offset) }
    return count
  }

  /// A block's entries. Nil when one does not end within it.
  private static func restore(_ block: Span<UInt8>, into cache: ResponseCache, elapsed: UInt32, now: UInt32) -> Int? {
    var count = 0
    var at = 0
    while at < block.count {
      guard block.count - at >= CacheFileFormat.entryHeadLength else { return nil }
      let age = UInt64(block.uint32(at: at)) + UInt64(elapsed)
      let view = block.uint64(at: at + 4)
      let marks = CacheEntry.Marks(rawValue: block[at + 12]).intersection(CacheFileFormat.kept)
      let remark = at + CacheFileFormat.entryHeadLength
      let message = remark + Int(block[at + 13])
      let length = Int(block.uint32(at: at + 14))
      guard length <= 65_535, message + length <= block.count else { return nil }
      var octets: [UInt8] = []
      for index in remark..<message { octets.append(block[index]) }
      let text = block.extracting(message..<(message + length))
      if restore(text, marks: marks, view: view, remark: octets, age: age, now: now, into: cache) { count += 1 }
      at = message + length
    }
    return count
  }

  /// False when it has expired for good, or is no response.
  private static func restore(
    _ message: Span<UInt8>, marks: CacheEntry.Marks, view: UInt64, remark: [UInt8], age: UInt64, now: UInt32,
    into cache: ResponseCache
  ) -> Bool {
    guard message.count > Header.length, let nameEnd = Name.end(of: message, from: Header.length),
      nameEnd + 4 <= message.count, let name = Name(wire: message.extracting(Header.length..<nameEnd)),
      message.uint16(at: Header.questionCount) == 1,
      message.uint16(at: nameEnd + 2) == RecordClass.internet.rawValue,
      let walk = MessageWalk(message, questionEnd: nameEnd + 4),
      let response = CachedResponse(
        walk, code: Header.responseCode(message), questionEnd: nameEnd + 4, limits: cache.limits, remark: remark,
        isAuthentic: marks.contains(.isAuthentic)),
      age < UInt64(response.lifetime) + UInt64(cache.limits.staleFor)
    else { return false }
    let hashes = SuffixHashes(name)
    let key = CacheKey(
      nameHash: hashes.whole, type: RecordType(rawValue: message.uint16(at: nameEnd)),
      dnssecOK: marks.contains(.dnssecOK), checkingDisabled: marks.contains(.checkingDisabled), view: view)
    let storedAt = now &- UInt32(truncatingIfNeeded: age)
    return cache.store(response, name: name.wire, key: key, now: storedAt, message: message)
  }

  /// The file from its front.
  private struct Input {
    private let reader: FileReader
    private(set) var offset = 0
    let size: Int

    init(_ reader: FileReader) {
      self.reader = reader
      size = reader.size
    }

    /// Makes `octets` the next `count` of the file; false when there are fewer.
    mutating func read(_ count: Int, into octets: inout [UInt8]) throws(Failure) -> Bool {
      guard count <= size - offset else { return false }
      octets = [UInt8](repeating: 0, count: count)
      var done = 0
      while done < count {
        let got: Int
        do throws(SystemError) { got = try reader.read(into: &octets, from: done) } catch { throw .system(error) }
        guard got > 0 else { return false }
        done += got
      }
      offset += count
      return true
    }
  }
}
