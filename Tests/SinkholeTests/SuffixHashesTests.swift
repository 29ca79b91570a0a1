import Sinkhole
import Support
import Testing

@Suite("Hashes of names")
struct SuffixHashesTests {
  private static func name(_ random: inout SeededRandom) -> Name? {
    var octets: [UInt8] = []
    for _ in 0..<Int.random(in: 0...30, using: &random) {
      let length = random.isOne(in: 6) ? Int.random(in: 1...63, using: &random) : Int.random(in: 1...9, using: &random)
      guard octets.count + length + 2 <= Name.maximumLength else { break }
      octets.append(UInt8(length))
      for _ in 0..<length { octets.append(UInt8.random(in: 0x61...0x64, using: &random)) }
    }
    octets.append(0)
    return Name(wire: octets.span)
  }

  @Test("each suffix has the hash that it has as a name of its own, here and in an arena", arguments: 0..<10)
  func suffixes(_ batch: UInt64) throws {
    var random = SeededRandom(seed: batch)
    for _ in 0..<200 {
      let name = try #require(Self.name(&random))
      let hashes = SuffixHashes(name)
      #expect(hashes.count == name.labelCount)
      var suffix: Name? = name
      while let current = suffix {
        let labels = current.labelCount
        var own = SuffixHashes()
        own.update(current.wire)
        let wire = current.wire
        let whole = SuffixHashes.whole(wire.extracting(0..<(current.length - 1)))
        if labels <= SuffixHashes.maximumDepth {
          let kept = hashes.values[labels]
          #expect(kept == own.whole)
          #expect(hashes.offset(labels: labels) == name.length - current.length)
          #expect(whole?.value == own.whole && whole?.labels == labels)
        } else {
          #expect(whole == nil)
        }
        suffix = current.parent
      }
    }
  }

  @Test("names that differ in one octet, or in where a label ends, have other hashes")
  func distinct() throws {
    let texts = [
      ".", "a", "b", "a.a", "aa", "a.aa", "aa.a", "a.a.a", "aaaaaaa", "aaaaaaaa", "aaaaaaab", "baaaaaaa", "aaaaaaaaa",
      "aaaaaaa.a", "aaaaaaaa.a", "aaaaaaaab.a", "example.org", "example.orh", "fxample.org", "exampleorg", "\\000",
      "\\000.\\000",
    ]
    let found = texts.compactMap(Name.init).map { name in
      let hashes = SuffixHashes(name)
      return hashes.whole
    }
    #expect(Set(found).count == texts.count)
  }

  @Test("octets taken as words are those taken one by one, at every place")
  func words() {
    let octets = (0..<24).map { UInt8($0 * 7 + 1) }
    for count in 1...octets.count {
      let all = Array(octets.prefix(count))
      for start in 0..<count {
        for end in (start + 1)...min(start + 8, count) {
          let expected = all[start..<end].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          let word = all.span.word(from: start, to: end)
          #expect(word == expected)
        }
        for end in start...count {
          var other = Array(all[start..<end])
          let isEqual = all.span.matches(other.span, at: start)
          #expect(isEqual)
          for index in other.indices {
            other[index] ^= 0x80
            let isEqual = all.span.matches(other.span, at: start)
            #expect(!isEqual)
            other[index] ^= 0x80
          }
        }
      }
    }
  }
}
