import Glibc

/// A file that is written beside the one it is to replace, and takes its place as a whole: whoever reads that finds the
/// old octets or the new, also after a crash. Given up, it leaves nothing behind.
package struct ReplacementFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: Descriptor
  private var isInPlace = false

  /// - Throws: the system call that failed.
  package init(for path: String) throws(SystemError) {
    self.path = path
    temporary = path + ".new"
    let number = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard number >= 0 else { throw SystemError("open") }
    descriptor = Descriptor(takingOwnership: number)
  }

  deinit { if !isInPlace { unsafe unlink(temporary) } }

  package func write(_ octets: Span<UInt8>) throws(SystemError) {
    let number = descriptor.number
    var written = 0
    while written < octets.count {
      let done = unsafe octets.extracting(written...).withUnsafeBytes { source in
        retryingInterrupts { unsafe Glibc.write(number, source.baseAddress, source.count) }
      }
      guard done > 0 else { throw SystemError("write") }
      written += done
    }
  }

  /// The last step: on disk, and in its place.
  package mutating func putInPlace() throws(SystemError) {
    guard fsync(descriptor.number) == 0 else { throw SystemError("fsync") }
    guard unsafe rename(temporary, path) == 0 else { throw SystemError("rename") }
    isInPlace = true
  }
}
