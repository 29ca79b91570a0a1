import Glibc

/// A regular file, read from its front in pieces; it tells whether somebody wrote to it meanwhile.
package final class FileReader {
  package let path: String
  package let identity: FileIdentity
  /// Octets.
  package let size: Int
  /// When it was last written, in nanoseconds since 1970.
  private let written: Int64
  private let descriptor: Descriptor

  /// - Throws: the system call that failed; EISDIR or EINVAL for what is no regular file. A FIFO or device is not waited for.
  package init(_ path: String) throws(SystemError) {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw SystemError("open") }
    descriptor = Descriptor(takingOwnership: number)
    let status = try FileReader.status(descriptor)
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else { throw SystemError("read", number: kind == S_IFDIR ? EISDIR : EINVAL) }
    self.path = path
    identity = FileIdentity(status)
    size = Int(status.st_size)
    written = FileReader.written(status)
  }

  /// When it was last written, in milliseconds since 1970.
  package var modified: Int64 { written / 1_000_000 }

  /// Reads on into `buffer` from `start`, to its end at most; returns how many octets came, 0 at the end of the file.
  package func read(into buffer: inout [UInt8], from start: Int = 0) throws(SystemError) -> Int {
    precondition((0...buffer.count).contains(start))
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
  package func hasChanged() -> Bool {
    guard let status = try? FileReader.status(descriptor) else { return true }
    return Int(status.st_size) != size || FileReader.written(status) != written
  }

  private static func written(_ status: stat) -> Int64 {
    Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }

  private static func status(_ descriptor: borrowing Descriptor) throws(SystemError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor.number, &status) == 0 else { throw SystemError("stat") }
    return status
  }
}
