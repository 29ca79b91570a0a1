/// One shard of the cache: two queues of responses, and a table that finds them by hash.
///
/// What is new waits on probation, a tenth of the room. Who is asked for again before its turn to go comes moves to the
/// main queue, all others leave: so names that are asked once, of which a flood has any number, push out nothing that is
/// in use (S3-FIFO: Yang and others, SOSP 2023). Of those that left, a trace of two octets is kept, and who comes back
/// soon goes to the main queue at once. There the oldest goes, unless it was used: then it is written again at the front,
/// once for each of its last three uses. Bounded to the octet, without fragments, and never allocates after its start.
struct CacheShard: Sendable {
  private(set) var probation: CacheQueue
  private(set) var main: CacheQueue
  private var table: CacheTable
  /// Traces of what left probation unused: each at the place that its hash tells, over the one before.
  private var traces: [UInt16]
  /// Whether the main queue has had to let something go: until then nobody on probation has to leave.
  private var hasFilled = false
  private let staleFor: UInt32
  private let renews: Bool

  private(set) var count = 0
  private(set) var evictions = 0
  var capacity: Int { probation.capacity + main.capacity }

  private static let mainQueue: CacheTable.Place = 0x8000_0000
  /// Of the octets, and of the entries at least.
  private static let probationShare = 10
  /// Entries written again for one store: the lock is held meanwhile. Beyond that, used ones go too.
  private static let maximumMoves = 32

  /// - Parameter size: octets for everything, tables included.
  init(size: Int, limits: CacheLimits = CacheLimits(), renews: Bool = true) {
    var mainCount = 16
    while mainCount * 2 <= size / 256 { mainCount *= 2 }
    let probationCount = max(8, mainCount / 8)
    table = CacheTable(slotCount: mainCount * 2)
    traces = Array(repeating: 0, count: mainCount)
    let tables = (mainCount + probationCount) * MemoryLayout<CacheEntry>.stride + mainCount * 18
    let octets = max(4096, size - tables)
    probation = CacheQueue(octets: octets / CacheShard.probationShare, entryCount: probationCount)
    main = CacheQueue(octets: octets - octets / CacheShard.probationShare, entryCount: mainCount)
    staleFor = limits.staleFor
    self.renews = renews
  }

  // MARK: Lookup

  mutating func answer(
    _ name: Span<UInt8>, to query: QueryHead, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> ResponseCache.Lookup {
    guard let slot = find(key, name) else { return .miss }
    let place = table.place(at: slot)
    let entry = self[place]
    let age = now &- entry.storedAt
    guard age < entry.lifetime else { return age &- entry.lifetime < staleFor ? .stale : .miss }
    let isDue = renews && entry.uses > 0 && entry.isDue(at: age) && !entry.marks.contains(.isDueTold)
    if isDue { self[place].marks.insert(.isDueTold) }
    // Written only when it changes: a line that is read alone stays with every processor.
    if entry.uses < CacheEntry.maximumUses { self[place].uses += 1 }
    let length = withRing(of: place) { CacheShard.write(entry, $0, age: age, to: query, in: &message) }
    return .hit(length, entry.traits, isDue: isDue)
  }

  /// As `answer`, what has expired included.
  func answerStale(
    _ name: Span<UInt8>, to query: QueryHead, key: CacheKey, now: UInt32, in message: inout MutableSpan<UInt8>
  ) -> ResponseCache.StaleAnswer? {
    guard let slot = find(key, name) else { return nil }
    let place = table.place(at: slot)
    let entry = self[place]
    let age = now &- entry.storedAt
    let isStale = age >= entry.lifetime
    guard !isStale || age &- entry.lifetime < staleFor else { return nil }
    let length = withRing(of: place) {
      CacheShard.write(entry, $0, age: isStale ? nil : age, to: query, in: &message)
    }
    return ResponseCache.StaleAnswer(length: length, traits: entry.traits, isStale: isStale)
  }

  /// Copies the records behind the question and lowers their TTLs.
  /// - Parameter age: nil: it is stale, which is said in an extended error.
  private static func write(
    _ entry: CacheEntry, _ ring: Span<UInt8>, age: UInt32?, to query: QueryHead, in message: inout MutableSpan<UInt8>
  ) -> Int {
    let octets = entry.end - entry.recordsStart
    var response = Response(to: query)
    if response.hasRoom(for: octets) {
      message.copy(ring.extracting(entry.recordsStart..<entry.end), at: query.questionEnd)
      for index in 0..<entry.ttlCount {
        let at = Int(ring.uint16(at: Int(entry.offset) + index * 2))
        guard let age else {
          message.store(CacheLimits.staleTTL, at: at)
          continue
        }
        // Authority records may have run out before the answer.
        let ttl = message.uint32(at: at)
        message.store(ttl > age ? ttl - age : 0, at: at)
      }
    }
    response.adopt(
      octets: octets, answers: Int(entry.answers), authority: Int(entry.authority), additional: 0,
      truncated: false)
    let code = ResponseCode(rawValue: UInt16(entry.code))
    guard age != nil else {
      let infoCode: ExtendedError = code == .nxdomain ? .staleNonexistence : .staleAnswer
      return response.finish(
        code, to: query, infoCode: infoCode.rawValue, text: Span(), isAuthentic: false, in: &message)
    }
    let remark = ring.extracting(entry.remarkStart..<entry.recordsStart)
    return response.finish(
      code, to: query, infoCode: remark.count >= 2 ? remark.uint16(at: 0) : nil,
      text: remark.count > 2 ? remark.extracting(2..<remark.count) : Span(),
      isAuthentic: entry.marks.contains(.isAuthentic), in: &message)
  }

  // MARK: Store

  mutating func store(
    _ response: CachedResponse, name: Span<UInt8>, key: CacheKey, now: UInt32, message: Span<UInt8>
  ) -> Bool {
    let records = response.answers + response.authority
    let octets = response.end - response.questionEnd
    let length = records * 2 + name.count + response.remark.count + octets
    // One response may not push out half a shard.
    guard length <= main.capacity / 2, records <= Int(UInt16.max) else { return false }
    var entry = CacheEntry(
      hash: key.hash, view: key.view, length: UInt32(length), storedAt: now, lifetime: response.lifetime,
      type: key.type, answers: UInt16(response.answers), authority: UInt16(response.authority),
      code: UInt8(truncatingIfNeeded: response.code.rawValue),
      nameLength: UInt8(name.count), remarkLength: UInt8(response.remark.count), traits: response.traits,
      marks: [CacheEntry.Marks(rawValue: key.flags), response.isAuthentic ? .isAuthentic : [], .isLive])
    var isKnown = false
    if let slot = find(key, name) {
      isKnown = true
      let place = table.place(at: slot)
      let old = self[place]
      entry.uses = min(old.uses + 1, CacheEntry.maximumUses)
      if length <= Int(old.length) {
        // What it leaves free behind it is free again when its turn comes.
        entry.offset = old.offset
        self[place] = entry
        return fill(entry, place, response, name, message)
      }
      remove(slot: slot)
    }
    let isMain = isKnown || length > probation.capacity / 4 || takeTrace(of: key.hash)
    entry.offset = UInt32(isMain ? makeRoomInMain(for: length, now: now) : makeRoomOnProbation(for: length, now: now))
    let place = append(entry, isMain: isMain)
    table.insert(place, hash: entry.hash)
    count += 1
    return fill(entry, place, response, name, message)
  }

  /// Writes the entry's octets; takes the entry out again when it is no response after all.
  private mutating func fill(
    _ entry: CacheEntry, _ place: CacheTable.Place, _ response: CachedResponse, _ name: Span<UInt8>,
    _ message: Span<UInt8>
  ) -> Bool {
    let isWritten =
      place & CacheShard.mainQueue != 0
      ? main.fill(entry, response, name, message) : probation.fill(entry, response, name, message)
    // The walk has seen every one of these records end inside the message.
    if !isWritten, let slot = table.slot(of: place, hash: entry.hash) { remove(slot: slot) }
    return isWritten
  }

  mutating func removeAll() {
    table.removeAll()
    probation.removeAll()
    main.removeAll()
    for index in traces.indices { traces[index] = 0 }
    hasFilled = false
    count = 0
  }

  // MARK: Walks

  /// Where a walk over a shard stands: before this number of this queue. Entries may come, go and move meanwhile; one that
  /// moves does so to where the walk has not been yet.
  struct Cursor {
    fileprivate var isMain = false
    fileprivate var number: UInt32?
  }

  /// Shows `body` entries from `cursor` on, with the ring that holds them: so many and so many octets at most, since the
  /// lock is held meanwhile. Those that it says false to are taken out. False when that was the last.
  mutating func walk(from cursor: inout Cursor, _ body: (CacheEntry, Span<UInt8>) -> Bool) -> Bool {
    var (entries, octets) = (256, 65_536)
    while entries > 0, octets > 0 {
      let queue =
        cursor.isMain ? (oldest: main.oldest, length: main.length) : (oldest: probation.oldest, length: probation.length)
      var number = cursor.number ?? queue.oldest
      // What stood there may have left meanwhile.
      if number &- queue.oldest > UInt32(queue.length) { number = queue.oldest }
      guard number &- queue.oldest < UInt32(queue.length) else {
        if cursor.isMain { return false }
        cursor = Cursor(isMain: true)
        continue
      }
      cursor.number = number &+ 1
      entries -= 1
      let place = CacheShard.place(number, isMain: cursor.isMain)
      let entry = self[place]
      guard entry.marks.contains(.isLive) else { continue }
      octets -= Int(entry.length)
      let isKept = withRing(of: place) { body(entry, $0) }
      if !isKept, let slot = table.slot(of: place, hash: entry.hash) { remove(slot: slot) }
    }
    return true
  }

  /// The octets of all entries, and whether the books agree with each other. For tests and benchmarks.
  func inspect() -> (octets: Int, isConsistent: Bool) {
    var (live, octets, isConsistent) = (0, 0, true)
    for isMain in [false, true] {
      let queue = isMain ? main : probation
      var end: Int?
      for index in 0..<UInt32(queue.length) {
        let number = queue.oldest &+ index
        let entry = queue[number]
        octets += Int(entry.length)
        // One behind the other, but for one wrap to the front.
        if let end, Int(entry.offset) < end, entry.offset != 0 { isConsistent = false }
        if entry.end > queue.capacity { isConsistent = false }
        end = entry.end
        guard entry.marks.contains(.isLive) else { continue }
        live += 1
        if table.slot(of: CacheShard.place(number, isMain: isMain), hash: entry.hash) == nil { isConsistent = false }
      }
    }
    return (octets, isConsistent && live == count && octets <= capacity)
  }

  // MARK: Room

  private mutating func makeRoomOnProbation(for length: Int, now: UInt32) -> Int {
    while true {
      if let offset = probation.gap(for: length) { return offset }
      let number = probation.oldest
      var entry = probation.removeOldest()
      guard entry.marks.contains(.isLive) else { continue }
      guard entry.uses > 0 || !hasFilled, now &- entry.storedAt < entry.lifetime else {
        if let slot = table.slot(of: CacheShard.place(number, isMain: false), hash: entry.hash) { evict(slot: slot) }
        leaveTrace(of: entry.hash)
        continue
      }
      let offset = makeRoomInMain(for: Int(entry.length), now: now)
      main.copy(entry, of: probation, to: offset)
      entry.offset = UInt32(offset)
      // Who is let in for the room that there is has less of a right to it.
      entry.uses = min(entry.uses, 1)
      move(entry, from: CacheShard.place(number, isMain: false))
    }
  }

  private mutating func makeRoomInMain(for length: Int, now: UInt32) -> Int {
    var moves = 0
    while true {
      if let offset = main.gap(for: length) { return offset }
      hasFilled = true
      let number = main.oldest
      var entry = main.removeOldest()
      guard entry.marks.contains(.isLive) else { continue }
      // Its own octets were freed just now, so the front has room for them after at most one wrap.
      guard entry.uses > 0, moves < CacheShard.maximumMoves, now &- entry.storedAt < entry.lifetime,
        let offset = main.gap(for: Int(entry.length))
      else {
        if let slot = table.slot(of: CacheShard.place(number, isMain: true), hash: entry.hash) { evict(slot: slot) }
        continue
      }
      moves += 1
      main.move(from: Int(entry.offset), to: offset, length: Int(entry.length))
      entry.offset = UInt32(offset)
      entry.uses -= 1
      move(entry, from: CacheShard.place(number, isMain: true))
    }
  }

  /// Appends to the main queue what was taken out at `place`.
  private mutating func move(_ entry: CacheEntry, from place: CacheTable.Place) {
    guard let slot = table.slot(of: place, hash: entry.hash) else { return }
    table.replace(slot: slot, by: append(entry, isMain: true))
  }

  private mutating func evict(slot: Int) {
    remove(slot: slot)
    evictions += 1
  }

  // MARK: Traces

  private mutating func leaveTrace(of hash: UInt64) {
    traces[Int(truncatingIfNeeded: hash) & (traces.count - 1)] = CacheShard.trace(hash)
  }

  private mutating func takeTrace(of hash: UInt64) -> Bool {
    let index = Int(truncatingIfNeeded: hash) & (traces.count - 1)
    guard traces[index] == CacheShard.trace(hash) else { return false }
    traces[index] = 0
    return true
  }

  private static func trace(_ hash: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: hash >> 40) | 1 }

  // MARK: Places

  private static func place(_ number: UInt32, isMain: Bool) -> CacheTable.Place {
    number & ~mainQueue | (isMain ? mainQueue : 0)
  }

  private mutating func append(_ entry: CacheEntry, isMain: Bool) -> CacheTable.Place {
    CacheShard.place(isMain ? main.append(entry) : probation.append(entry), isMain: isMain)
  }

  private subscript(place: CacheTable.Place) -> CacheEntry {
    @inline(__always) get { place & CacheShard.mainQueue != 0 ? main[place] : probation[place] }
    @inline(__always) _modify {
      if place & CacheShard.mainQueue != 0 { yield &main[place] } else { yield &probation[place] }
    }
  }

  @inline(__always)
  private func withRing<Result>(of place: CacheTable.Place, _ body: (Span<UInt8>) -> Result) -> Result {
    place & CacheShard.mainQueue != 0 ? body(main.ring.span) : body(probation.ring.span)
  }

  private func find(_ key: CacheKey, _ name: Span<UInt8>) -> Int? {
    let tag = CacheTable.tag(of: key.hash)
    var slot = table.home(of: tag)
    while true {
      let held = table.tag(at: slot)
      if held == 0 { return nil }
      if held == tag {
        let place = table.place(at: slot)
        if withRing(of: place, { self[place].matches(key, name, in: $0) }) { return slot }
      }
      slot = table.next(slot)
    }
  }

  /// Takes an entry out of the table; its octets stay until their turn comes.
  private mutating func remove(slot: Int) {
    self[table.place(at: slot)].marks.remove(.isLive)
    table.remove(slot: slot)
    count -= 1
  }
}
