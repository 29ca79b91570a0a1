/// Rules of replacement by the book, each with room for a number of responses; what has expired is a miss.
protocol Model {
  init(capacity: Int)
  /// Whether `name` is held; taken in if it is not.
  mutating func ask(_ name: Int, second: UInt32) -> Bool
}

/// A queue with numbers that go on, so that what lies in it is found by one.
struct NumberedQueue {
  private(set) var names: [Int] = []
  private var head = 0
  var count: Int { names.count - head }

  mutating func append(_ name: Int) { names.append(name) }

  mutating func removeFirst() -> Int {
    let name = names[head]
    head += 1
    if head > 1 << 20 {
      names.removeFirst(head)
      head = 0
    }
    return name
  }
}

/// First in, first out; or with reinsertion of what was used since (CLOCK).
struct FIFO: Model {
  private let capacity: Int
  private let reinserts: Bool
  private var held: [Int: (expires: UInt32, isUsed: Bool)] = [:]
  private var queue = NumberedQueue()

  init(capacity: Int) { self.init(capacity: capacity, reinserts: false) }

  init(capacity: Int, reinserts: Bool) {
    self.capacity = capacity
    self.reinserts = reinserts
  }

  mutating func ask(_ name: Int, second: UInt32) -> Bool {
    if let known = held[name] {
      let isHit = second < known.expires
      held[name] = (isHit ? known.expires : second + Trace.ttl(of: name), true)
      return isHit
    }
    while held.count >= capacity {
      let oldest = queue.removeFirst()
      if reinserts, let entry = held[oldest], entry.isUsed, second < entry.expires {
        held[oldest]?.isUsed = false
        queue.append(oldest)
      } else {
        held[oldest] = nil
      }
    }
    held[name] = (second + Trace.ttl(of: name), false)
    queue.append(name)
    return false
  }
}

struct Clock: Model {
  private var fifo: FIFO
  init(capacity: Int) { fifo = FIFO(capacity: capacity, reinserts: true) }
  mutating func ask(_ name: Int, second: UInt32) -> Bool { fifo.ask(name, second: second) }
}

/// Least recently used: a queue of uses, of which a name's last one counts.
struct LRU: Model {
  private let capacity: Int
  private var held: [Int: (expires: UInt32, uses: Int)] = [:]
  private var queue = NumberedQueue()

  init(capacity: Int) { self.capacity = capacity }

  mutating func ask(_ name: Int, second: UInt32) -> Bool {
    queue.append(name)
    if let known = held[name] {
      let isHit = second < known.expires
      held[name] = (isHit ? known.expires : second + Trace.ttl(of: name), known.uses + 1)
      return isHit
    }
    while held.count >= capacity {
      let oldest = queue.removeFirst()
      guard let entry = held[oldest] else { continue }
      if entry.uses == 1 { held[oldest] = nil } else { held[oldest]?.uses -= 1 }
    }
    held[name] = (second + Trace.ttl(of: name), 1)
    return false
  }
}

/// Yang and others, SOSP 2023: a tenth on probation, and a list of who left it.
struct S3FIFO: Model {
  private let capacity: Int
  private var held: [Int: (expires: UInt32, uses: Int, isMain: Bool)] = [:]
  private var small = NumberedQueue()
  private var main = NumberedQueue()
  private var ghosts: Set<Int> = []
  private var ghostQueue = NumberedQueue()

  init(capacity: Int) { self.capacity = capacity }

  mutating func ask(_ name: Int, second: UInt32) -> Bool {
    if let known = held[name] {
      let isHit = second < known.expires
      held[name] = (isHit ? known.expires : second + Trace.ttl(of: name), min(3, known.uses + 1), known.isMain)
      return isHit
    }
    while held.count >= capacity { if small.count >= capacity / 10 { evictSmall() } else { evictMain() } }
    let isMain = ghosts.remove(name) != nil
    held[name] = (second + Trace.ttl(of: name), 0, isMain)
    if isMain { main.append(name) } else { small.append(name) }
    return false
  }

  private mutating func evictSmall() {
    let name = small.removeFirst()
    if let entry = held[name], entry.uses > 1 {
      held[name] = (entry.expires, 0, true)
      main.append(name)
      return
    }
    held[name] = nil
    ghosts.insert(name)
    ghostQueue.append(name)
    if ghostQueue.count > capacity { ghosts.remove(ghostQueue.removeFirst()) }
  }

  private mutating func evictMain() {
    guard main.count > 0 else { return evictSmall() }
    let name = main.removeFirst()
    if let entry = held[name], entry.uses > 0 {
      held[name]?.uses -= 1
      main.append(name)
    } else {
      held[name] = nil
    }
  }
}
