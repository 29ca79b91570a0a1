import AllocationCount
import Sinkhole
import Support
import Testing

@Suite("The policy index")
struct PolicyIndexTests {
  private static let alphabet = ["a", "b", "c", "dd", "*x"]

  private static func name(_ labels: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
    (0..<Int.random(in: labels, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" }
      .joined(separator: ".")
  }

  /// A zone of the RPZ form and its model, from the text that both are read from. Names have two labels or more.
  private static func zone(_ number: Int, _ random: inout SeededRandom) throws -> (PolicyZone, PolicyModel.Zone) {
    let targets: [(String, PolicyZone.Action)] = [
      (".", .nxdomain), ("*.", .nodata), ("rpz-drop.", .drop), ("rpz-tcp-only.", .tcpOnly),
      ("rpz-passthru.", .passthru),
    ]
    var model = PolicyModel.Zone(.zone)
    var text = "$TTL 5\n$ORIGIN z\(number).rpz.sinkhole.internal.\n@ SOA localhost. root.localhost. 1 2 3 4 5\n"
    var line = 3
    func add(_ key: PolicyModel.Key, _ target: (String, PolicyZone.Action)) {
      line += 1
      text += "\(key.isWildcard ? "*." : "")\(key.name) CNAME \(target.0)\n"
      model.add(key, target.1, line: line)
    }
    for _ in 0..<Int.random(in: 1...25, using: &random) {
      let name = name(2...5, &random)
      let target = targets.randomElement(using: &random) ?? targets[0]
      for isWildcard in [false, true] where !random.isOne(in: 3) {
        let key = PolicyModel.Key(name: name, isWildcard: isWildcard)
        // What is there already may be said again, and nothing else.
        let known = model.actions[key]
        add(key, targets.first { $0.1 == known } ?? (random.isOne(in: 4) ? targets[0] : target))
      }
    }
    return (try PolicyZoneReader.read(text: Array(text.utf8), file: "z\(number).zone"), model)
  }

  /// A list, whose exceptions stand before and after what they except.
  private static func list(_ number: Int, _ random: inout SeededRandom) throws -> (PolicyZone, PolicyModel.Zone) {
    var builder = PolicyZoneBuilder(file: "l\(number).txt", title: "l\(number)", form: .list)
    var model = PolicyModel.Zone(.list)
    for line in 1...Int.random(in: 1...25, using: &random) {
      let name = name(random.isOne(in: 10) ? 0...1 : 1...5, &random)
      let action: PolicyZone.Action = random.isOne(in: 3) ? .passthru : .listed
      let other: PolicyZone.Action = random.isOne(in: 5) ? .passthru : action
      for isWildcard in [false, true] where !random.isOne(in: 5) {
        model.add(.init(name: name, isWildcard: isWildcard), isWildcard ? other : action, line: line)
        try builder.put(name, isWildcard: isWildcard, isWildcard ? other : action, line: line)
      }
    }
    return (builder.finish(), model)
  }

  @Test("finds in each zone what a dictionary of it holds, and says where it stands", arguments: 0..<30)
  func model(_ batch: UInt64) throws {
    var random = SeededRandom(seed: batch)
    for _ in 0..<50 {
      var zones: [PolicyZone] = []
      var model = PolicyModel()
      for number in 0..<Int.random(in: 1...6, using: &random) {
        let (zone, plain) = random.isOne(in: 2) ? try Self.zone(number, &random) : try Self.list(number, &random)
        zones.append(zone)
        model.zones.append(plain)
      }
      let index = try PolicyIndexBuilder.build(zones)
      for _ in 0..<40 {
        let name = random.isOne(in: 20) ? Self.name(24...40, &random) : Self.name(0...7, &random)
        let matches = index.matches(name)
        let found = matches.map {
          PolicyModel.Match(
            zone: $0.zone, action: zones[$0.zone].actions[Int($0.action)], labels: $0.labels, isWildcard: $0.isWildcard)
        }
        #expect(Set(found.map(\.zone)).count == found.count, "\(name): a zone twice")
        #expect(Set(found) == model.matches(name), "\(name)")
        for match in matches {
          let expected = model.zones[match.zone].match(name)
          let (key, action) = try #require(expected)
          let place = zones[match.zone].triggers.place(ofEntryAt: match.entry, isWildcard: match.isWildcard)
          #expect(model.zones[match.zone].lines[key]?[action]?.contains(place.line) == true, "\(name) at \(place)")
        }
      }
    }
  }

  @Test("among many names each is found, and none that is not there", arguments: [1, 3, 64])
  func many(_ zoneCount: Int) throws {
    var builders = (0..<zoneCount).map { PolicyZoneBuilder(file: "\($0)", title: "\($0)", form: .list) }
    for number in 0..<50_000 {
      try builders[number % zoneCount].put("n\(number).example", isWildcard: false, .listed, line: number)
    }
    let index = try PolicyIndexBuilder.build(builders.map(\.zone))
    #expect(index.nameCount == 50_000)
    for number in 0..<50_000 {
      let found = index.matches("n\(number).example")
      #expect(found.map(\.zone) == [number % zoneCount])
      #expect(index.matches("m\(number).example").isEmpty && index.matches("x.n\(number).example").isEmpty)
    }
  }

  @Test("one name in every zone matches once in each")
  func everyZone() throws {
    let zones = try (0..<PolicyIndex.maximumZones).map { number in
      var builder = PolicyZoneBuilder(file: "\(number)", title: "\(number)", form: number % 2 == 0 ? .list : .zone)
      // Apart from each other, so that they are two entries.
      try builder.put("example.org", isWildcard: false, .listed, line: 1)
      try builder.put("example.net", isWildcard: false, .listed, line: 2)
      try builder.put("example.org", isWildcard: true, .nodata, line: 3)
      return builder.finish()
    }
    let index = try PolicyIndexBuilder.build(zones)
    #expect(index.nameCount == 2 * zones.count)
    for (name, isWildcard) in [("example.org", false), ("a.example.org", true), ("b.a.example.org", true)] {
      let found = index.matches(name)
      #expect(found.map(\.zone).sorted() == Array(zones.indices))
      #expect(found.allSatisfy { $0.isWildcard == isWildcard && $0.labels == 2 })
      #expect(found.allSatisfy { zones[$0.zone].actions[Int($0.action)] == (isWildcard ? .nodata : .listed) })
    }
    #expect(index.matches("org").isEmpty && index.matches("xexample.org").isEmpty)
  }

  @Test("a trigger of the root holds for the root, its wildcard for all other names", arguments: [true, false])
  func root(_ isList: Bool) throws {
    var builder = PolicyZoneBuilder(file: "root", title: "root", form: isList ? .list : .zone)
    try builder.put("", isWildcard: false, .nodata, line: 1)
    try builder.put("", isWildcard: true, .nxdomain, line: 2)
    let zone = builder.finish()
    let index = try PolicyIndexBuilder.build([zone])
    for name in ["", "org", "a.example.org", Array(repeating: "a", count: 127).joined(separator: ".")] {
      let found = try #require(index.matches(name).first)
      #expect(found.labels == 0 && found.isWildcard == !name.isEmpty)
      #expect(zone.actions[Int(found.action)] == (name.isEmpty ? .nodata : .nxdomain))
    }
  }

  @Test("without zones, or with empty ones, nothing matches", arguments: [0, 1, 64])
  func nothing(_ count: Int) throws {
    let zones = (0..<count).map { PolicyZoneBuilder(file: "\($0)", title: "\($0)", form: .zone).finish() }
    let index = try PolicyIndexBuilder.build(zones)
    #expect(index.nameCount == 0)
    #expect(["", "org", "a.example.org"].allSatisfy { index.matches($0).isEmpty })
  }

  @Test("a trigger may have 24 labels; one with more is a fault")
  func depth() throws {
    let deepest = Array(repeating: "a", count: 24).joined(separator: ".")
    var builder = PolicyZoneBuilder(file: "deep.txt", title: "deep", form: .list)
    try builder.put(deepest, isWildcard: false, .listed, line: 1)
    try builder.put(deepest, isWildcard: true, .listed, line: 1)
    let index = try PolicyIndexBuilder.build([builder.zone])
    #expect(index.matches(deepest).map(\.labels) == [24])
    #expect(index.matches("a." + deepest).map(\.isWildcard) == [true])
    #expect(index.matches(String(deepest.dropFirst(2))).isEmpty)
    try builder.put("a." + deepest, isWildcard: true, .listed, line: 7)
    let error = #expect(throws: Faults.self) { try PolicyIndexBuilder.build([builder.zone]) }
    #expect(try #require(error).description.hasPrefix("deep.txt:7:1: \"a.\(deepest)\" has more than 24 labels"))
  }

  @Test(
    "two actions for one trigger are a fault with both places",
    arguments: [
      (false, UInt16(0), "zone:9:1: \"example.org\" has another action on line 3. Keep one of the two."),
      (true, 0, "zone:9:1: \"*.example.org\" has another action on line 4. Keep one of the two."),
      (false, 1, "part:9:1: \"example.org\" has another action on line 3 of zone. Keep one of the two."),
    ])
  func conflicts(_ isWildcard: Bool, _ file: UInt16, _ expected: String) throws {
    for form in [PolicyZone.Form.zone, .list] {
      var builder = PolicyZoneBuilder(file: "zone", title: "zone", form: form)
      #expect(builder.addFile("part") == 1)
      try builder.put("example.org", isWildcard: false, .drop, line: 3)
      try builder.put("example.org", isWildcard: true, .drop, line: 4)
      try builder.put("example.net", isWildcard: false, .drop, line: 5)
      try builder.put("example.org", isWildcard: isWildcard, .nodata, line: 9, file: file)
      let error = #expect(throws: Faults.self) { try PolicyIndexBuilder.build([builder.zone]) }
      #expect(try #require(error).description == expected)
    }
  }

  @Test(
    "an exception and a listing of one name are a fault in a zone; in a list the exception holds",
    arguments: [true, false])
  func exception(_ isFirst: Bool) throws {
    for form in [PolicyZone.Form.zone, .list] {
      var builder = PolicyZoneBuilder(file: "list", title: "list", form: form)
      try builder.put("example.org", isWildcard: false, isFirst ? .passthru : .listed, line: 1)
      try builder.put("a.example.org", isWildcard: false, .listed, line: 2)
      try builder.put("example.org", isWildcard: false, isFirst ? .listed : .passthru, line: 3)
      let zone = builder.finish()
      guard form == .list else {
        #expect(throws: Faults.self) { try PolicyIndexBuilder.build([zone]) }
        continue
      }
      let found = try PolicyIndexBuilder.build([zone]).matches("example.org")
      #expect(found.map { zone.actions[Int($0.action)] } == [.passthru])
      #expect(found.map { zone.triggers.place(ofEntryAt: $0.entry, isWildcard: false).line } == [isFirst ? 1 : 3])
    }
  }

  @Test("a thousand faults are told, and how many more there are")
  func faultLimit() throws {
    var builder = PolicyZoneBuilder(file: "zone", title: "zone", form: .zone)
    for number in 0..<2400 {
      try builder.put("n\(number % 1200).example", isWildcard: false, number < 1200 ? .drop : .nodata, line: number)
    }
    let error = #expect(throws: Faults.self) { try PolicyIndexBuilder.build([builder.zone]) }
    let list = try #require(error).list
    #expect(list.count == 1001)
    #expect(list.last?.problem == "200 more such faults from here on")
  }

  @Test("a look allocates nothing, whether it finds something or not")
  func allocations() throws {
    var builder = PolicyZoneBuilder(file: "list", title: "list", form: .list)
    for number in 0..<1000 { try builder.put("n\(number).example", isWildcard: true, .listed, line: number) }
    let index = try PolicyIndexBuilder.build([builder.zone])
    for (text, expected) in [("a.n7.example", 100), ("a.m7.example", 0)] {
      let name = try #require(Name(text))
      let hashes = SuffixHashes(name)
      var found = 0
      let before = allocation_count()
      for _ in 0..<100 {
        index.prefetch(hashes)
        index.forEachMatch(name, hashes) { _ in found += 1 }
      }
      #expect(allocation_count() == before)
      #expect(found == expected)
    }
  }
}
