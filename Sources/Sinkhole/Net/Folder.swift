import Glibc

/// Names in folders: renamed, removed, listed. Not for the road of a query.
package enum Folder {
  /// `path` in its two halves: the folder (`.` when none is named) and the name in it.
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  /// Every name in `folder` that starts with `prefix`, in no order.
  package static func names(in folder: String, prefix: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(folder) else { throw SystemError("open") }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      // Safe: the kernel ends the name with a zero octet within the array.
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { octets in
        unsafe String(decoding: octets.prefix(while: { $0 != 0 }), as: UTF8.self)
      }
      if name.hasPrefix(prefix) { names.append(name) }
    }
    return names
  }

  /// The paths of what lies in `folder` under names that end in `suffix` and are not hidden, in the order of their names.
  package static func paths(in folder: String, suffix: String) throws(SystemError) -> [String] {
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    return try names(in: folder, prefix: "").filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted().map { start + $0 }
  }

  package static func rename(_ path: String, to other: String) throws(SystemError) {
    guard unsafe Glibc.rename(path, other) == 0 else { throw SystemError("rename") }
  }

  package static func remove(_ path: String) throws(SystemError) {
    guard unsafe unlink(path) == 0 else { throw SystemError("unlink") }
  }

  /// Whether we may make and rename files in it.
  package static func isWritable(_ folder: String) -> Bool {
    unsafe access(folder, W_OK | X_OK) == 0
  }
}
