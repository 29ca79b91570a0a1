import Glibc

extension Array where Element == UInt8 {
  /// A copy of what `span` covers.
  init(copying span: Span<UInt8>) {
    self.init()
    append(addingCapacity: span.count) { target in
      for index in span.indices { target.append(span[index]) }
    }
  }
}

extension Span where Element == UInt8 {
  func starts(with text: String) -> Bool {
    guard count >= text.utf8.count else { return false }
    var at = 0
    for octet in text.utf8 {
      if self[at] != octet { return false }
      at += 1
    }
    return true
  }

  @inline(__always)
  func equals(_ octets: [UInt8]) -> Bool {
    guard count == octets.count else { return false }
    return unsafe withUnsafeBytes { own in
      unsafe octets.withUnsafeBytes { other in
        guard let one = own.baseAddress, let two = other.baseAddress else { return true }
        // Safe: both have `own.count` octets.
        return unsafe memcmp(one, two, own.count) == 0
      }
    }
  }
}
