import Sinkhole

/// A name that is asked for, with its hashes, as a query carries them.
struct Question {
  private var name = Name()
  private var hashes = SuffixHashes()

  /// - Parameter wire: without the root label.
  init(_ wire: [UInt8]) {
    let octets = wire + [0]
    if let name = Name(wire: octets.span) { self.name = name }
  }

  mutating func hash() { hashes.update(name.wire) }

  func prefetch(_ index: PolicyIndex) { index.prefetch(hashes) }

  /// True when some zone has a trigger for it.
  func look(in index: PolicyIndex) -> Bool {
    var isFound = false
    index.forEachMatch(name, hashes) { _ in isFound = true }
    return isFound
  }
}

/// What a look costs, in nanoseconds: medians over many rounds, since the machine has other things to do at times.
struct Lookups {
  struct Figures: Codable {
    /// Hashing the name and all names above it.
    var hash: Double
    /// Nothing else in flight: the clock waits for memory before and after.
    var alone: Double
    var alone99: Double
    /// In a batch of 32 whose lines have been fetched, the fetching counted.
    var batch: Double
  }

  enum Kind: String, CaseIterable {
    /// The name itself or one below it, by turns.
    case hit
    /// A name of the same shape that is not listed.
    case miss
    /// The same with labels before it, eight in all.
    case deep
  }

  private static let roundSize = 256
  private static let batchSize = 32
  private static let rounds = 400

  let index: PolicyIndex
  let names: Int
  private let list = NameList()
  private var dice: UInt64 = 0
  private var wire: [UInt8] = []

  init(_ index: PolicyIndex, names: Int) {
    self.index = index
    self.names = names
  }

  mutating func question(_ kind: Kind) -> Question {
    dice &+= 1
    let number = Int(NameList.mixed(dice) % UInt64(names))
    list.write(kind == .hit ? number : number + names, to: &wire)
    switch kind {
    case .hit: if dice % 2 == 0 { wire = [1, UInt8(ascii: "x")] + wire }
    case .miss: break
    case .deep:
      while labels < 8 { wire = [2, UInt8(ascii: "x"), UInt8(ascii: "a") + UInt8(dice % 16)] + wire }
    }
    return Question(wire)
  }

  private var labels: Int {
    var count = 0
    var offset = 0
    while offset < wire.count {
      count += 1
      offset += Int(wire[offset]) + 1
    }
    return count
  }

  /// Nil when a name was found that is not listed, or one that is was not.
  mutating func measure(_ kind: Kind) -> Figures? {
    var hash: [UInt64] = []
    var alone: [UInt64] = []
    var batch: [UInt64] = []
    var found = 0
    for _ in 0..<Lookups.rounds {
      var questions = (0..<Lookups.roundSize).map { _ in question(kind) }
      hash.append(Lookups.time { for place in questions.indices { questions[place].hash() } })
      for question in questions { alone.append(Lookups.time { if question.look(in: index) { found += 1 } }) }
      // Others, for the lines of these are near now.
      questions = (0..<Lookups.roundSize).map { _ in question(kind) }
      for place in questions.indices { questions[place].hash() }
      for start in stride(from: 0, to: Lookups.roundSize, by: Lookups.batchSize) {
        let places = start..<(start + Lookups.batchSize)
        batch.append(
          Lookups.time {
            for place in places { questions[place].prefetch(index) }
            for place in places { if questions[place].look(in: index) { found += 1 } }
          })
      }
    }
    guard found == (kind == .hit ? 2 * Lookups.rounds * Lookups.roundSize : 0) else { return nil }
    return Figures(
      hash: Double(Lookups.quantile(&hash, 0.5)) / Double(Lookups.roundSize),
      alone: Double(Lookups.quantile(&alone, 0.5)), alone99: Double(Lookups.quantile(&alone, 0.99)),
      batch: Double(Lookups.quantile(&batch, 0.5)) / Double(Lookups.batchSize))
  }

  /// Nanoseconds, without those of looking at the clock.
  private static func time(_ body: () -> Void) -> UInt64 {
    let start = Clock.nanoseconds()
    body()
    let end = Clock.nanoseconds()
    return end - start > clockCost ? end - start - clockCost : 0
  }

  private static let clockCost: UInt64 = {
    var least = UInt64.max
    for _ in 0..<1000 {
      let start = Clock.nanoseconds()
      least = min(least, Clock.nanoseconds() - start)
    }
    return least
  }()

  private static func quantile(_ values: inout [UInt64], _ share: Double) -> UInt64 {
    values.sort()
    return values[Int(Double(values.count - 1) * share)]
  }
}
