import Sinkhole
import Support
import Testing

@Suite("A sieve of names")
struct NameSieveTests {
  @Test("lets through all that was put in, and one in ten at most of what was not", arguments: [0, 1, 100, 100_000])
  func passes(count: Int) {
    var random = SeededRandom(seed: UInt64(count))
    let inside = (0..<count).map { _ in random.next() }
    var sieve = NameSieve(capacity: count * 3)
    for hash in inside { sieve.insert(hash) }
    #expect(inside.allSatisfy(sieve.mayContain))
    let others = (0..<10_000).filter { _ in sieve.mayContain(random.next()) }.count
    #expect(others < 1000)
  }

  @Test("stays within its size, and still lets through all that was put in")
  func isBounded() {
    var random = SeededRandom(seed: 1)
    let inside = (0..<1_000_000).map { _ in random.next() }
    var sieve = NameSieve(capacity: 1 << 40)
    for hash in inside { sieve.insert(hash) }
    #expect(sieve.size == NameSieve.maximumSize)
    #expect(inside.allSatisfy(sieve.mayContain))
  }
}
