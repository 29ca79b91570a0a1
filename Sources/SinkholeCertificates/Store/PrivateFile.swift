import Glibc

/// Files that hold keys: for their owner alone, and never half written.
package enum PrivateFile {
  /// The octets of a regular file.
  /// - Parameter mayBeShared: whether others may read it; nobody else may ever write it.
  /// - Throws: `missing`, `unreadable`, `exposed`.
  package static func read(
    _ path: String, limit: Int, mayBeShared: Bool = false
  ) throws(CertificateError) -> [UInt8] {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard number >= 0 else {
      if errno == ENOENT {
        throw CertificateError(.missing, "\(path): there is no such file", remedy: "Run sinkholed ca init.")
      }
      throw unreadable(path)
    }
    defer { close(number) }
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      throw CertificateError(
        .malformed, "\(path) is no file of at most \(limit) octets", remedy: "Restore it, or make another.")
    }
    guard status.st_mode & (mayBeShared ? 0o022 : 0o077) == 0, status.st_uid == geteuid() || geteuid() == 0 else {
      throw CertificateError(
        .exposed, "\(path) may be \(mayBeShared ? "replaced" : "read") by others than this user",
        remedy:
          "Have it belong to this user alone, chmod \(mayBeShared ? "644" : "600"); if others had the key, make another."
      )
    }
    var octets = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < octets.count {
      // Safe: at most the array's own octets are written.
      let count = unsafe octets.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(number, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw unreadable(path) }
      done += count
    }
    return octets
  }

  /// Puts `octets` in the place of `path` in one step: whoever reads it, also after a crash, finds the old ones or the new.
  /// - Throws: `unwritable`.
  package static func replace(_ path: String, with octets: [UInt8], mode: mode_t = 0o600) throws(CertificateError) {
    let draft = path + ".new"
    // What a killed process has left behind means nothing. A new file has the mode that is asked for, whatever the old had.
    _ = unsafe unlink(draft)
    let number = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard number >= 0 else { throw unwritable(path) }
    var done = 0
    var failed = false
    while done < octets.count, !failed {
      // Safe: no more is read than the array has.
      let count = unsafe octets.withUnsafeBytes { source in
        unsafe Glibc.write(number, source.baseAddress?.advanced(by: done), source.count - done)
      }
      if count < 0, errno == EINTR { continue }
      if count > 0 { done += count } else { failed = true }
    }
    if !failed { failed = fsync(number) != 0 }
    let error = failed ? unwritable(path) : nil
    close(number)
    if let error {
      _ = unsafe unlink(draft)
      throw error
    }
    guard unsafe rename(draft, path) == 0 else {
      let error = unwritable(path)
      _ = unsafe unlink(draft)
      throw error
    }
  }

  /// Makes `folder`, and those above it that are missing, for this user alone.
  /// - Throws: `unwritable`.
  package static func makeFolder(_ folder: String) throws(CertificateError) {
    if isFolder(folder) { return }
    if let slash = folder.lastIndex(of: "/"), slash != folder.startIndex { try makeFolder(String(folder[..<slash])) }
    guard unsafe mkdir(folder, 0o700) == 0 || isFolder(folder) else { throw unwritable(folder) }
  }

  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func unreadable(_ path: String) -> CertificateError {
    CertificateError(
      .unreadable, "\(path) cannot be read: \(unsafe String(cString: strerror(errno)))",
      remedy: "It must be a file of this user.")
  }

  private static func unwritable(_ path: String) -> CertificateError {
    CertificateError(
      .unwritable, "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
      remedy: "Give a folder that this user may write to.")
  }
}
