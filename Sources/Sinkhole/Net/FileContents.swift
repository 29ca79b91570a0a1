import Glibc

/// Whole files, read at once. Not for the road of a query.
package enum FileContents {
  /// The octets of a regular file of at most `limit` octets.
  package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open") }
    defer { close(number) }
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw SystemError("stat") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", number: EISDIR) }
    let size = Int(status.st_size)
    guard size <= limit else { throw SystemError("read", number: EFBIG) }
    var failed: Int32 = 0
    let octets = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let done = unsafe Glibc.read(number, buffer.baseAddress.map { unsafe $0 + count }, size - count)
        if done < 0, errno == EINTR { continue }
        if done < 0 { failed = errno }
        if done <= 0 { break }
        count += done
      }
    }
    guard failed == 0 else { throw SystemError("read", number: failed) }
    return octets
  }

  /// Writes `octets` to `path` as a whole: whoever reads it finds the old ones or the new, also after a crash.
  package static func replace(_ path: String, with octets: [UInt8]) throws(SystemError) {
    var file = try ReplacementFile(for: path)
    try file.write(octets.span)
    try file.putInPlace()
  }

  /// Makes `folder`, and those above it that are missing, for this user and group alone.
  package static func makeFolder(_ folder: String) throws(SystemError) {
    if isFolder(folder) { return }
    if let slash = folder.lastIndex(of: "/"), slash != folder.startIndex { try makeFolder(String(folder[..<slash])) }
    guard unsafe mkdir(folder, 0o750) == 0 || errno == EEXIST && isFolder(folder) else { throw SystemError("mkdir") }
  }

  /// Unix seconds of the last change; nil when there is no such file.
  package static func modified(_ path: String) -> Int? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mtim.tv_sec : nil
  }

  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
