import Glibc

/// A regular file that is read from its start to its end, piece by piece.
package final class ReadingFile {
  package let path: String
  package let identity: FileIdentity
  /// When it was last written, in milliseconds since 1970.
  package let modified: Int64
  private let descriptor: Descriptor

  /// - Throws: the system call that failed; EISDIR or EINVAL for what is no regular file.
  package init(_ path: String) throws(SystemError) {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw SystemError("open") }
    descriptor = Descriptor(takingOwnership: number)
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw SystemError("stat") }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else { throw SystemError("read", number: kind == S_IFDIR ? EISDIR : EINVAL) }
    self.path = path
    identity = FileIdentity(status)
    modified = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
  }

  /// Reads on into `buffer` from `start` to its end; returns how many octets came, 0 at the end of the file.
  package func read(into buffer: inout [UInt8], from start: Int = 0) throws(SystemError) -> Int {
    precondition((0..<buffer.count).contains(start))
    let number = descriptor.number
    let count = unsafe buffer.withUnsafeMutableBytes { target in
      // Safe: `start` lies within the buffer, and at most what is behind it is written.
      retryingInterrupts {
        unsafe Glibc.read(number, target.baseAddress.map { unsafe $0 + start }, target.count - start)
      }
    }
    guard count >= 0 else { throw SystemError("read") }
    return count
  }
}
