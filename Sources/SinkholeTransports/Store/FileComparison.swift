import Glibc

/// Whether two files hold the same octets.
enum FileComparison {
  private static let piece = 1 << 16

  /// Reads both, 64 KiB at a time, until they differ. False also when one cannot be read.
  static func isSame(_ first: String, _ second: String) -> Bool {
    guard let one = unsafe fopen(first, "re") else { return false }
    defer { unsafe fclose(one) }
    guard let other = unsafe fopen(second, "re") else { return false }
    defer { unsafe fclose(other) }
    while true {
      let (left, right) = (unsafe next(of: one), unsafe next(of: other))
      guard left == right, unsafe ferror(one) == 0, unsafe ferror(other) == 0 else { return false }
      if left.isEmpty { return true }
    }
  }

  private static func next(of file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    // Safe: `fread` writes no more than the buffer has, and says how much.
    unsafe [UInt8](unsafeUninitializedCapacity: piece) { buffer, count in
      count = unsafe fread(buffer.baseAddress, 1, buffer.count, file)
    }
  }
}
