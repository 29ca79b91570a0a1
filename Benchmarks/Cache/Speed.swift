import Sinkhole

/// Nanoseconds of one thread alone for each thing the cache does: medians of many rounds, hashing and the walk left out.
struct Speed {
  private static let rounds = 300
  private static let roundSize = 1000
  private static let size = 64 << 20

  func run() {
    print("Nanoseconds in a cache of 64 MiB, names at random")
    print(Table.row(["what", "octets", "median", "99 %"]))
    for (octets, extra) in [(80, 1), (160, 6), (500, 27)] {
      var subject = Subject(size: Speed.size)
      var number = 0
      func fresh(_: Int) -> Int {
        number += 1
        return number
      }
      func report(_ what: String, _ body: (inout Subject, CachedResponse) -> Void, _ choose: (Int) -> Int) {
        print(line(what, octets, measure(&subject, extra: extra, body, choose)))
      }
      report("store, room", Speed.store, fresh)
      // Until every shard has let something go.
      while subject.cache.statistics().evictions < 500_000 {
        for _ in 0..<50_000 {
          number += 1
          subject.turn(to: number)
          if let response = subject.prepare(ttl: 3600, extra: extra) { subject.keep(response, second: 1) }
        }
      }
      report("store, full", Speed.store, fresh)
      report("miss", Speed.look) { $0 + 1 << 50 }
      let newest = number
      func recent(_ index: Int) -> Int { newest - Int(Trace.mixed(UInt64(index)) % 10_000) }
      report("hit", Speed.look, recent)
      report("renewal", Speed.store, recent)
    }
    print("")
  }

  private static func store(_ subject: inout Subject, _ response: CachedResponse) { subject.keep(response, second: 1) }

  private static func look(_ subject: inout Subject, _: CachedResponse) { _ = subject.look(second: 1) }

  private func line(_ what: String, _ octets: Int, _ times: [UInt64]) -> String {
    let sorted = times.sorted()
    return Table.row([
      what, "\(octets)", "\(sorted[sorted.count / 2])", "\(sorted[sorted.count * 99 / 100])",
    ])
  }

  private func measure(
    _ subject: inout Subject, extra: Int, _ body: (inout Subject, CachedResponse) -> Void, _ number: (Int) -> Int
  ) -> [UInt64] {
    var times: [UInt64] = []
    times.reserveCapacity(Speed.rounds * Speed.roundSize)
    for index in 0..<(Speed.rounds * Speed.roundSize) {
      subject.turn(to: number(index))
      guard let response = subject.prepare(ttl: 3600, extra: extra) else { continue }
      let start = Sinkhole.Clock.nanoseconds()
      body(&subject, response)
      let end = Sinkhole.Clock.nanoseconds()
      times.append(end - start > Speed.clockCost ? end - start - Speed.clockCost : 0)
    }
    return times
  }

  private static let clockCost: UInt64 = {
    var least = UInt64.max
    for _ in 0..<1000 {
      let start = Sinkhole.Clock.nanoseconds()
      least = min(least, Sinkhole.Clock.nanoseconds() - start)
    }
    return least
  }()
}
