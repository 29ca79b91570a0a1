/// Places for elements that wait: fixed in number, each where it was until it is given back, so that nothing is copied,
/// counted or moved on the way. Used by one thread.
///
/// Elements are changed where they lie, through a `Slab` that is a constant: two changes at once are not told apart by
/// the compiler, so elements are plain values without references, whose octets no overlap can make invalid.
@safe
struct Slab<Element: BitwiseCopyable>: ~Copyable {
  private struct Books {
    /// Places that have been used at all: memory behind them is not touched.
    var made = 0
    /// The place given back last + 1.
    var free: UInt32 = 0
    var taken = 0
  }

  private static var inUse: UInt32 { .max }

  let capacity: Int
  // Safe: allocated in init, freed in deinit, and every index is below `made`.
  private let elements: UnsafeMutablePointer<Element>
  /// Of a free place: the next free one + 1.
  private let links: UnsafeMutablePointer<UInt32>
  private let books: UnsafeMutablePointer<Books>

  /// - Parameter capacity: at least 1, below 2^32 - 1.
  init(capacity: Int) {
    self.capacity = capacity
    unsafe elements = .allocate(capacity: capacity)
    unsafe links = .allocate(capacity: capacity)
    unsafe books = .allocate(capacity: 1)
    unsafe books.initialize(to: Books())
  }

  deinit {
    unsafe elements.deallocate()
    unsafe links.deallocate()
    unsafe books.deallocate()
  }

  /// Elements that are there.
  var count: Int { unsafe books.pointee.taken }

  /// A place for `element`; nil when all are taken.
  @inline(__always)
  func add(_ element: Element) -> Int? {
    let place: Int
    if unsafe books.pointee.free != 0 {
      place = unsafe Int(books.pointee.free) - 1
      unsafe books.pointee.free = links[place]
    } else {
      guard unsafe books.pointee.made < capacity else { return nil }
      place = unsafe books.pointee.made
      unsafe books.pointee.made += 1
    }
    unsafe links[place] = Slab.inUse
    unsafe (elements + place).initialize(to: element)
    unsafe books.pointee.taken += 1
    return place
  }

  @inline(__always)
  func remove(_ place: Int) {
    precondition(holds(place))
    unsafe links[place] = books.pointee.free
    unsafe books.pointee.free = UInt32(place) + 1
    unsafe books.pointee.taken -= 1
  }

  /// Whether there is an element at `place`.
  @inline(__always)
  func holds(_ place: Int) -> Bool {
    unsafe place >= 0 && place < books.pointee.made && links[place] == Slab.inUse
  }

  /// The element at `place`, where it lies. Traps when there is none.
  subscript(place: Int) -> Element {
    @inline(__always) unsafeAddress {
      precondition(holds(place))
      return unsafe UnsafePointer(elements + place)
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      precondition(holds(place))
      return unsafe elements + place
    }
  }
}
