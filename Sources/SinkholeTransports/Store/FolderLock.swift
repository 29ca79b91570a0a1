import Glibc

/// The right to write in a folder, of one process at a time: a lock of the kernel on the file `.lock` in it, which ends
/// with the process however that ends. The file itself stays, and means nothing.
struct FolderLock: ~Copyable {
  private let number: Int32

  /// - Throws: `held`, with the number of the process that has it.
  init(_ folder: String) throws(StoreError) {
    let path = folder + "/.lock"
    number = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw StoreError("open \(path)", errno: errno) }
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno
      let holder = FolderLock.holder(number)
      close(number)
      guard failure == EWOULDBLOCK else { throw StoreError("lock \(path)", errno: failure) }
      throw StoreError(
        .held, "the folder \(folder) is in use by another process\(holder). Stop it, or choose another folder.")
    }
    // For the error above, in another process. Where it cannot be written, the number is missing there.
    let text = "\(getpid())\n"
    _ = unsafe text.utf8.withContiguousStorageIfAvailable { octets in
      ftruncate(number, 0) == 0 ? unsafe pwrite(number, octets.baseAddress, octets.count, 0) : 0
    }
  }

  deinit { close(number) }

  private static func holder(_ number: Int32) -> String {
    let octets = unsafe [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      count = max(0, unsafe pread(number, buffer.baseAddress, buffer.count, 0))
    }
    let digits = octets.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.isEmpty ? "" : " (pid \(String(decoding: digits, as: UTF8.self)))"
  }
}
