import Glibc

/// Why the store cannot be opened or written.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    /// Another process has the folder.
    case held
    /// The folder belongs to somebody else, or others may write in it.
    case exposed
    /// The file is being written already: the same source is being fetched.
    case busy
    /// A system call failed, with its errno.
    case system(Int32)
  }

  package let code: Code
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// - Parameter action: What was tried, as in `write /var/lib/sinkhole/lists/a.list.part`.
  init(_ action: String, errno number: Int32) {
    code = .system(number)
    description = "cannot \(action): \(unsafe String(cString: strerror(number)))"
  }
}
