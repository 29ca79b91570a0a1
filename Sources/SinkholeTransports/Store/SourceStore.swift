import Glibc
import NIOCore

/// The folder of the last good copies, for the one process that writes there.
///
/// A list is written aside, brought to the disk and put in place; its metadata after it. So at any moment, a kill or a
/// loss of power leaves the old list or the new one, whole. Metadata that does not belong to the list beside it is
/// told by size and time of the list, and ignored.
package final class SourceStore: Sendable {
  package let folder: SourceFolder
  private let lock: FolderLock

  /// Opens the folder, makes it when missing (its parent must exist), and removes what a kill has left half written.
  /// - Throws: `held`, `exposed`, or what the system says.
  package init(folder path: String) throws(StoreError) {
    folder = SourceFolder(path)
    if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw StoreError("make the folder \(path)", errno: errno) }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw StoreError("open the folder \(path)", errno: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw StoreError("open the folder \(path)", errno: ENOTDIR) }
    // Who may write here decides what is blocked.
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw StoreError(
        .exposed,
        "the folder \(path) belongs to another user or can be written by others. Give it to the server's user alone.")
    }
    lock = try FolderLock(path)
    removePartFiles()
  }

  /// A new file for what may become the list of `source`.
  func candidate(for source: RemoteSource) throws(StoreError) -> PartFile {
    try PartFile(replacing: folder.listPath(source))
  }

  /// Makes `candidate` the last good copy. May wait for the disk.
  ///
  /// Both files are on the disk before the first is put in place, so where there is no room, nothing has changed.
  /// - Parameter metadata: Its stamp is set here.
  func commit(_ candidate: PartFile, _ metadata: ListMetadata, of source: RemoteSource) throws(StoreError) {
    var metadata = metadata
    metadata.stamp = try candidate.finish()
    let beside = try write(metadata, of: source)
    defer { beside.discard() }
    try candidate.replace()
    sync()
    // The list is in force from here on. Without this second step it is one without metadata, which is allowed for.
    try? beside.replace()
    sync()
  }

  /// Replaces the metadata alone. May wait for the disk.
  func update(_ metadata: ListMetadata, of source: RemoteSource) throws(StoreError) {
    let beside = try write(metadata, of: source)
    defer { beside.discard() }
    try beside.replace()
    sync()
  }

  private func write(_ metadata: ListMetadata, of source: RemoteSource) throws(StoreError) -> PartFile {
    let file = try PartFile(replacing: folder.metadataPath(source))
    do throws(StoreError) {
      try file.write(ByteBuffer(string: metadata.text))
      _ = try file.finish()
    } catch {
      file.discard()
      throw error
    }
    return file
  }

  /// Brings the folder's own entries to the disk. A disk that fails here has other ways to say so.
  private func sync() {
    let number = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return }
    fsync(number)
    close(number)
  }

  /// Nobody else writes here, so every one of them is of a process that was killed.
  private func removePartFiles() {
    guard let directory = unsafe opendir(folder.path) else { return }
    defer { unsafe closedir(directory) }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { octets in
        unsafe String(decoding: octets.prefix(while: { $0 != 0 }), as: UTF8.self)
      }
      if name.hasSuffix(".list" + PartFile.suffix) || name.hasSuffix(".meta" + PartFile.suffix) {
        unsafe unlink("\(folder.path)/\(name)")
      }
    }
  }
}
