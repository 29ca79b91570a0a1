import Glibc
import NIOCore
import Synchronization

/// A file that is being written beside the one it will replace.
///
/// It is called NAME.part until `replace` gives it its place, in one step that readers see whole or not at all.
/// Whatever ends it before removes it: `discard`, the last reference, or, after a kill, the next opening of the store.
final class PartFile: Sendable {
  static let suffix = ".part"

  private enum State {
    case writing(Int32)
    case finished
    /// In place, or removed.
    case gone
  }

  /// Of the file that is replaced in the end.
  private let target: String
  private let state: Mutex<State>

  var path: String { target + PartFile.suffix }

  /// - Throws: `busy` when one of the name exists.
  init(replacing target: String) throws(StoreError) {
    self.target = target
    let path = target + PartFile.suffix
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if number < 0 {
      let failure = errno
      guard failure != EEXIST else {
        throw StoreError(.busy, "\(path) is being written already. Wait for the other fetch to end.")
      }
      throw StoreError("make \(path)", errno: failure)
    }
    state = Mutex(.writing(number))
  }

  deinit { discard() }

  /// Appends `octets`. May wait for the disk: not on an event loop.
  func write(_ octets: ByteBuffer) throws(StoreError) {
    let failure = state.withLock { state -> Int32? in
      guard case .writing(let number) = state else { return EBADF }
      // Safe: no more is read than the buffer has.
      return unsafe octets.withUnsafeReadableBytes { source -> Int32? in
        var done = 0
        while done < source.count {
          let rest = unsafe UnsafeRawBufferPointer(rebasing: source[done...])
          let count = unsafe Glibc.write(number, rest.baseAddress, rest.count)
          if count < 0, errno == EINTR { continue }
          if count < 0 { return errno }
          done += count
        }
        return nil
      }
    }
    if let failure { throw StoreError("write \(path)", errno: failure) }
  }

  /// Brings what was written to the disk and closes. Some file systems say only now that there is no room.
  func finish() throws(StoreError) -> FileStamp {
    let result = state.withLock { state -> Result<FileStamp, StoreError> in
      guard case .writing(let number) = state else { return .failure(StoreError("finish \(path)", errno: EBADF)) }
      defer {
        close(number)
        state = .finished
      }
      var status = stat()
      guard fsync(number) == 0, unsafe fstat(number, &status) == 0 else {
        return .failure(StoreError("write \(path)", errno: errno))
      }
      return .success(FileStamp(status))
    }
    return try result.get()
  }

  /// Puts the finished file in its place.
  func replace() throws(StoreError) {
    let failure = state.withLock { state -> Int32? in
      guard case .finished = state else { return EBADF }
      guard unsafe rename(path, target) == 0 else { return errno }
      state = .gone
      return nil
    }
    if let failure { throw StoreError("rename \(path)", errno: failure) }
  }

  /// Removes the file unless it is in place. More than once does no harm.
  func discard() {
    state.withLock { state in
      switch state {
      case .writing(let number):
        close(number)
        unsafe unlink(path)
      case .finished:
        unsafe unlink(path)
      case .gone:
        break
      }
      state = .gone
    }
  }
}

extension FileStamp {
  init(_ status: stat) {
    self.init(
      size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
  }
}
