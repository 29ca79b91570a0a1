import Glibc

/// A regular file, read from its front in pieces; it tells whether somebody wrote to it meanwhile.
package struct FileReader: ~Copyable {
  /// Which file it is, whatever it is called.
  package struct Inode: Hashable, Sendable {
    let device: UInt
    let inode: UInt
  }

  package let identity: Inode
  /// Octets.
  package let size: Int
  /// Seconds since 1970.
  package let modified: Int
  private let modifiedNanoseconds: Int
  private let descriptor: Descriptor

  /// - Throws: `SystemError` when it cannot be opened or is no regular file. A FIFO or device is not waited for.
  package init(_ path: String) throws(SystemError) {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw SystemError("open") }
    let opened = Descriptor(takingOwnership: number)
    let status = try FileReader.status(opened)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("read", number: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    identity = Inode(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    size = Int(status.st_size)
    modified = status.st_mtim.tv_sec
    modifiedNanoseconds = status.st_mtim.tv_nsec
    descriptor = opened
  }

  /// Reads what comes next to `buffer` from `start` on, as much as fits at most; 0 at the file's end.
  package borrowing func read(into buffer: inout [UInt8], from start: Int) throws(SystemError) -> Int {
    precondition(start <= buffer.count)
    let number = descriptor.number
    let count = unsafe buffer.withUnsafeMutableBytes { target in
      // Safe: the precondition holds `start`, and with it what is written, inside the buffer.
      retryingInterrupts { unsafe Glibc.read(number, target.baseAddress.map { unsafe $0 + start }, target.count - start) }
    }
    guard count >= 0 else { throw SystemError("read") }
    return count
  }

  /// Whether it was written to or cut since it was opened. A file that took its place under the same name is none of
  /// ours: what is read stays whole.
  package borrowing func hasChanged() -> Bool {
    guard let status = try? FileReader.status(descriptor) else { return true }
    return Int(status.st_size) != size || status.st_mtim.tv_sec != modified
      || status.st_mtim.tv_nsec != modifiedNanoseconds
  }

  private static func status(_ descriptor: borrowing Descriptor) throws(SystemError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor.number, &status) == 0 else { throw SystemError("stat") }
    return status
  }
}
