/// The message IDs under which responses are awaited on one socket or connection, each with its exchange.
struct WaitingIDs {
  private var exchanges: PlaceTable

  /// - Parameter limit: IDs at once, below 65,536.
  init(limit: Int) { exchanges = PlaceTable(limit: limit) }

  var count: Int { exchanges.count }
  var isEmpty: Bool { exchanges.isEmpty }

  @inline(__always)
  func exchange(_ id: UInt16) -> Int? { exchanges.find(UInt64(id)) }

  /// A fresh random ID for `exchange`; nil when as many are taken as may be.
  @inline(__always)
  mutating func add(_ exchange: Int, _ random: inout RandomPool) -> UInt16? {
    while true {
      let id = UInt16(truncatingIfNeeded: random.next())
      guard exchanges.find(UInt64(id)) == nil else { continue }
      return exchanges.insert(UInt64(id), exchange) ? id : nil
    }
  }

  @inline(__always)
  mutating func remove(_ id: UInt16) { exchanges.remove(UInt64(id)) }

  var all: [(id: UInt16, exchange: Int)] {
    var list: [(id: UInt16, exchange: Int)] = []
    exchanges.forEach { list.append((UInt16(truncatingIfNeeded: $0), $1)) }
    return list
  }
}
