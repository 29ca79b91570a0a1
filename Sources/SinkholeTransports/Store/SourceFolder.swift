import Glibc

/// The folder of the last good copies, for who only reads: `NAME.list` and `NAME.meta` for each source.
///
/// Takes no lock. A list is replaced whole, so what is opened is one list from its beginning to its end.
package struct SourceFolder: Sendable, Hashable {
  package let path: String

  package init(_ path: String) {
    self.path = path
  }

  func listPath(_ source: RemoteSource) -> String { "\(path)/\(source.name).list" }
  func metadataPath(_ source: RemoteSource) -> String { "\(path)/\(source.name).meta" }

  /// The last good copy. Nil: there is none. It may have come from another URL than the source has now.
  package func list(of source: RemoteSource) -> StoredList? {
    var status = stat()
    let path = listPath(source)
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return nil }
    let stamp = FileStamp(status)
    let metadata = SourceFolder.text(metadataPath(source)).flatMap(ListMetadata.init(text:))
    return StoredList(path: path, stamp: stamp, metadata: metadata?.stamp == stamp ? metadata : nil)
  }

  /// A metadata file's text; nil when it cannot be read or is longer than one can be.
  private static func text(_ path: String) -> String? {
    let number = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var failed = false
    let octets = unsafe [UInt8](unsafeUninitializedCapacity: ListMetadata.maximumLength + 1) { buffer, count in
      // Safe: reads no further than the buffer's end.
      while count < buffer.count {
        let done = unsafe read(number, buffer.baseAddress.map { unsafe $0 + count }, buffer.count - count)
        if done < 0, errno == EINTR { continue }
        failed = done < 0
        if done <= 0 { break }
        count += done
      }
    }
    guard !failed, octets.count <= ListMetadata.maximumLength else { return nil }
    return String(validating: octets, as: UTF8.self)
  }
}

/// A last good copy.
package struct StoredList: Sendable, Hashable {
  package let path: String
  let stamp: FileStamp
  /// Nil: there is none that belongs to this list.
  package let metadata: ListMetadata?
}
