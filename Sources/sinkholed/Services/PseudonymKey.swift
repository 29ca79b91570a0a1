import Crypto
import Glibc
import Sinkhole

/// The key under which clients are written as pseudonyms: 32 random octets in the file `pseudonym.key` of the state
/// folder, for the server's user alone. Who has it can tell whose a pseudonym is; deleting it ends that for good, and
/// the next start makes another.
package struct PseudonymKey: Sendable {
  package static let fileName = "pseudonym.key"
  private static let length = 32

  private let octets: [UInt8]

  /// The key in `folder`, made when there is none.
  /// - Throws: `Fault`: it cannot be made or read, is of another length, or others may read it.
  package static func readOrMake(in folder: String) throws(Fault) -> PseudonymKey {
    let path = folder + "/" + fileName
    if let key = try existing(path) { return key }
    try create(path)
    // What is there now is read, were it made by another server at the same moment.
    guard let key = try existing(path) else {
      throw Fault(file: path, "was made and is gone again", remedy: "See who else writes to this folder.")
    }
    return key
  }

  /// The key in the file at `path`.
  /// - Throws: as above, and when there is none.
  package static func read(_ path: String) throws(Fault) -> PseudonymKey {
    guard let key = try existing(path) else {
      throw Fault(file: path, "there is no such file", remedy: "Give the \(fileName) of the server's state folder.")
    }
    return key
  }

  /// Writes clients under this key.
  package var privacy: ClientPrivacy {
    let key = SymmetricKey(data: octets)
    return .pseudonym { octets in Array(HMAC<SHA256>.authenticationCode(for: octets, using: key)) }
  }

  /// Nil when there is no such file.
  private static func existing(_ path: String) throws(Fault) -> PseudonymKey? {
    let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if number < 0, errno == ENOENT { return nil }
    guard number >= 0 else {
      throw Fault(
        file: path, "cannot be read: \(SystemError("open"))", remedy: "It must be a file of the server's user.")
    }
    defer { close(number) }
    var status = stat()
    guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Fault(file: path, "is no regular file", remedy: "Delete it: another key is made.")
    }
    guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() || geteuid() == 0 else {
      throw Fault(
        file: path, "may be read by others, so that pseudonyms hide nothing",
        remedy: "Delete it, another key is made; or have it belong to the server's user alone: chmod 600.")
    }
    var octets = [UInt8](repeating: 0, count: length + 1)
    // Safe: at most the array's octets are written.
    let count = unsafe octets.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
    guard count == length else {
      throw Fault(file: path, "is no key of \(length) octets", remedy: "Delete it: another key is made.")
    }
    return PseudonymKey(octets: Array(octets.prefix(length)))
  }

  /// Writes the key beside its place and links it there, so that no half-written key is ever found, and one that is
  /// there already is never replaced.
  private static func create(_ path: String) throws(Fault) {
    // The generator of the system: getrandom(2).
    var generator = SystemRandomNumberGenerator()
    let draft = path + "." + Base32.text((0..<10).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    defer { _ = unsafe unlink(draft) }
    let number = unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw failed(path, SystemError("open")) }
    defer { close(number) }
    let octets = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let count = unsafe octets.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
    guard count == length, fsync(number) == 0 else { throw failed(path, SystemError("write")) }
    guard unsafe link(draft, path) == 0 || errno == EEXIST else { throw failed(path, SystemError("link")) }
  }

  private static func failed(_ path: String, _ error: SystemError) -> Fault {
    Fault(file: path, "cannot be made: \(error)", remedy: "Give a state folder that the server's user may write to.")
  }
}

extension ClientPrivacy {
  /// As configured; under pseudonyms the key of the state folder is read, or made.
  /// - Throws: `Fault`, of the key's file.
  init(_ configuration: Configuration) throws(Fault) {
    let log = configuration.log
    switch log.client {
    case .whole: self = .whole
    case .prefix: self = .prefix(v4: log.clientV4, v6: log.clientV6)
    case .none: self = .none
    case .pseudonym:
      do throws(SystemError) {
        try FileContents.makeFolder(configuration.state)
      } catch {
        let remedy = "Make it, or set state: pseudonyms need a key that is kept there."
        throw Fault(file: configuration.state, "the state folder cannot be made: \(error)", remedy: remedy)
      }
      self = try PseudonymKey.readOrMake(in: configuration.state).privacy
    }
  }
}
