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

  /// The regular files of `folder` whose names end in `suffix`, in the order of their names.
  package static func list(_ folder: String, suffix: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(folder) else { throw SystemError("open") }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { octets in
        unsafe String(decoding: octets.prefix(while: { $0 != 0 }), as: UTF8.self)
      }
      if name.hasSuffix(suffix), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().map { folder.hasSuffix("/") ? folder + $0 : folder + "/" + $0 }
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
