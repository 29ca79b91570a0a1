/// Made-up names in the shape of public lists: two to four labels, one in ten below the name before it, one in ten
/// thousand of five to eight labels. Computed from their numbers, so that a list of ten million takes no memory, and
/// looking for its names in random order disturbs no cache but the policy's own.
struct NameList {
  /// Numbers up to this have names of their own.
  static let maximumCount = 1 << 25

  private static let letters = Array("abcdefghijklmnopqrstuvwxyz012345".utf8)
  private static let ends = ["com", "net", "org", "io", "ai", "co", "de", "app", "info", "xyz"].map { Array($0.utf8) }
  private static let hosts = ["www", "api", "cdn", "app", "img", "static", "login", "data", "eu", "m"].map {
    Array($0.utf8)
  }

  /// Puts the labels of name `number` into `wire`, without the root label.
  func write(_ number: Int, to wire: inout [UInt8]) {
    wire.removeAll(keepingCapacity: true)
    let dice = NameList.mixed(UInt64(number))
    let isBelow = number % 10 == 9
    if isBelow { NameList.append("files".utf8, to: &wire) }
    for place in 0..<NameList.hostCount(dice) {
      NameList.append(NameList.hosts[Int(dice >> (8 + 4 * UInt64(place)) & 15) % 10], to: &wire)
    }
    appendOwner(isBelow ? number - 1 : number, to: &wire)
  }

  /// Labels before the registered name.
  private static func hostCount(_ dice: UInt64) -> Int {
    if dice >> 40 % 10_000 == 0 { return 3 + Int(dice >> 60) % 4 }
    switch dice % 10 {
    case 0...2: return 0
    case 3...7: return 1
    default: return 2
    }
  }

  /// The registered name: five letters that no other number has, up to seven more, and its end.
  private func appendOwner(_ number: Int, to wire: inout [UInt8]) {
    let own = UInt64(number) &* 0x9E37_79B1 & UInt64(NameList.maximumCount - 1)
    let dice = NameList.mixed(~UInt64(number))
    let more = dice & 7
    wire.append(UInt8(5 + more))
    for place in 0..<5 { wire.append(NameList.letters[Int(own >> (5 * UInt64(place)) & 31)]) }
    for place in 0..<more { wire.append(NameList.letters[Int(dice >> (8 + 5 * place) & 31)]) }
    NameList.append(NameList.ends[Int(dice >> 50) % 10], to: &wire)
  }

  static func append(_ label: some Collection<UInt8>, to wire: inout [UInt8]) {
    wire.append(UInt8(label.count))
    wire += label
  }

  /// A bijection without visible pattern (SplitMix64).
  static func mixed(_ number: UInt64) -> UInt64 {
    var word = number &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
