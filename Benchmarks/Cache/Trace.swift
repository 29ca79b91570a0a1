import Glibc

/// Questions as resolvers see them: names by Zipf's law, TTLs of all lengths, and a share of names that nobody asks for
/// twice. The same each time.
struct Trace {
  struct Question {
    let name: Int
    /// Seconds since the beginning.
    let second: UInt32
  }

  private let cumulative: [Double]
  private let unique: Double
  private let questionsPerSecond: Int
  private var dice: UInt64 = 1
  private var count = 0
  private var nextUnique = 1 << 40

  /// - Parameters:
  ///   - skew: the exponent: the n-th name is asked for 1 / n to its power as often as the first.
  ///   - unique: share of names asked for once: a flood of random labels.
  init(names: Int, skew: Double, unique: Double, questionsPerSecond: Int) {
    var sum = 0.0
    var cumulative: [Double] = []
    cumulative.reserveCapacity(names)
    for rank in 1...names {
      sum += 1 / pow(Double(rank), skew)
      cumulative.append(sum)
    }
    self.cumulative = cumulative
    self.unique = unique
    self.questionsPerSecond = questionsPerSecond
  }

  mutating func next() -> Question {
    let second = UInt32(count / questionsPerSecond)
    count += 1
    if unique > 0, uniform() < unique {
      nextUnique += 1
      return Question(name: nextUnique, second: second)
    }
    let wanted = uniform() * (cumulative.last ?? 0)
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return Question(name: low, second: second)
  }

  /// In seconds; a name's own for ever.
  static func ttl(of name: Int) -> UInt32 {
    [30, 60, 60, 300, 300, 300, 900, 3600, 3600, 86_400][Int(mixed(UInt64(name)) % 10)]
  }

  /// Splitmix64.
  static func mixed(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  private mutating func uniform() -> Double {
    dice &+= 1
    return Double(Trace.mixed(dice) >> 11) / Double(1 << 53)
  }
}
