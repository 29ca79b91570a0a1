import Glibc

/// A regular file that is only ever written at its end, made when it is not there (0640, less the umask).
/// It never waits for a reader: a pipe or device of that name is refused.
package final class AppendFile {
  /// What a write came to: the octets that are in the file now, and why it stopped before the last.
  package struct Outcome: Sendable {
    package let written: Int
    package let error: SystemError?
  }

  private let descriptor: Descriptor
  /// The file itself, whatever its name is by now.
  package let identity: FileIdentity

  /// - Throws: the system call that failed; EINVAL for what is no regular file.
  package init(_ path: String) throws(SystemError) {
    // O_NONBLOCK for the pipe that is refused two lines below; a regular file knows no difference.
    let number = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o640)
    guard number >= 0 else { throw SystemError("open") }
    descriptor = Descriptor(takingOwnership: number)
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw SystemError("stat") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", number: EINVAL) }
    identity = FileIdentity(status)
  }

  /// Octets in the file; 0 when even that cannot be had.
  package var size: Int {
    var status = stat()
    return unsafe fstat(descriptor.number, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Whether the file ends within a line: what wrote it last was stopped midway.
  package var endsWithinLine: Bool {
    let size = size
    guard size > 0 else { return false }
    var last: UInt8 = 0
    // Safe: one octet into a variable of one.
    let count = unsafe pread(descriptor.number, &last, 1, off_t(size - 1))
    return count == 1 && last != UInt8(ascii: "\n")
  }

  /// Writes `octets` at the end, with one system call unless the kernel takes less.
  package func append(_ octets: Span<UInt8>) -> Outcome {
    var done = 0
    while done < octets.count {
      let number = descriptor.number
      let count = unsafe octets.extracting(done...).withUnsafeBytes { source in
        retryingInterrupts { unsafe write(number, source.baseAddress, source.count) }
      }
      guard count > 0 else { return Outcome(written: done, error: SystemError("write")) }
      done += count
    }
    return Outcome(written: done, error: nil)
  }
}
