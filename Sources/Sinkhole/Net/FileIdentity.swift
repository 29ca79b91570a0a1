import Glibc

/// Which file a descriptor or a path means, apart from its name.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt
  package let node: UInt

  init(_ status: stat) {
    device = UInt(status.st_dev)
    node = UInt(status.st_ino)
  }

  /// What stands at `path` now; nil when nothing does, or it cannot be looked at.
  package init?(at path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}
