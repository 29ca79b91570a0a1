import Glibc
import NIOPosix
import Sinkhole

/// The place of a Unix socket that only the server's user may open.
enum SocketFolder {
  /// Makes the last folder of `path` when it is missing, for this user alone.
  ///
  /// - Parameters:
  ///   - name: what the socket is for.
  ///   - key: of the configuration, for the remedy.
  /// - Throws: `ControlError`: its folder is no safe place.
  static func prepare(_ path: String, _ name: String, key: String) throws {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let folder = String(path[..<slash])
    unsafe mkdir(folder, 0o700)
    var status = stat()
    guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw ControlError(
        text: "\(name) folder \(folder) cannot be made: \(SystemError("mkdir")). Make it, or set \(key).")
    }
    // Whoever else may write there could put a socket of theirs in our place.
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
      throw ControlError(
        text: "\(name) folder \(folder) belongs to or is writable by others. Make one of your own, or set \(key).")
    }
  }

  /// An old socket file is taken over, a living server's never.
  static func refuseSecondServer(_ path: String, _ name: String, key: String) async throws {
    let channel = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(unixDomainSocketPath: path).get()
    guard let channel else { return }
    try? await channel.close()
    throw ControlError(
      text: "\(name) socket \(path) is held by another sinkholed. Stop it, or choose another path in \(key).")
  }
}
