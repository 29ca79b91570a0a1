import ArgumentParser
import Glibc
import Sinkhole
import SinkholeCertificates

/// Where the root's password comes from. Never from the command line, which every user of the machine can read.
struct PasswordInput: ParsableArguments {
  @Option(name: .long, help: "A file whose first line is the password, for its owner alone; else it is asked for.")
  var passwordFile: String?
  @Option(name: .long, help: "An open descriptor whose first line is the password.")
  var passwordFd: Int32?

  func validate() throws {
    guard passwordFile == nil || passwordFd == nil else {
      throw ValidationError("--password-file and --password-fd are two sources of one password. Give one.")
    }
  }

  /// - Parameter isNew: asked for twice, since a mistyped one would be lost with the key.
  func read(isNew: Bool) throws -> Password {
    if let passwordFile {
      return try Password(PasswordInput.firstLine(try PrivateFile.read(passwordFile, limit: 4096)))
    }
    if let passwordFd { return try Password(try PasswordInput.line(of: passwordFd)) }
    let terminal = try Terminal()
    let password = try Password(try terminal.ask("Password of the root's key: "))
    guard isNew else { return password }
    try password.checkForNewKey()
    guard try Password(try terminal.ask("The same again: ")) == password else {
      throw CertificateError(.wrongPassword, "the two differ", remedy: "Try again.")
    }
    return password
  }

  private static func firstLine(_ octets: [UInt8]) -> [UInt8] {
    Array(octets.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
  }

  /// Reads an octet at a time, so that nothing behind the line is taken from whoever reads on.
  fileprivate static func line(of descriptor: Int32) throws(CertificateError) -> [UInt8] {
    var line: [UInt8] = []
    while line.count <= Password.maximumLength {
      var octet: UInt8 = 0
      // Safe: the one octet is written.
      let count = unsafe Glibc.read(descriptor, &octet, 1)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw CertificateError(
          .unreadable, "the password cannot be read: \(SystemError("read"))",
          remedy: "Give an open descriptor, or a file.")
      }
      if count == 0 || octet == UInt8(ascii: "\n") { break }
      line.append(octet)
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line
  }
}

/// The terminal of whoever gave the command, wherever standard input leads.
private struct Terminal: ~Copyable {
  private let number: Int32

  init() throws(CertificateError) {
    number = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard number >= 0 else {
      throw CertificateError(
        .unreadable, "there is no terminal to ask for the password at", remedy: "Give --password-file or --password-fd."
      )
    }
  }

  deinit { close(number) }

  /// Asks without showing what is typed. Ctrl-C gives up, with the terminal as it was.
  borrowing func ask(_ prompt: String) throws(CertificateError) -> [UInt8] {
    var before = termios()
    guard unsafe tcgetattr(number, &before) == 0 else {
      throw CertificateError(
        .unreadable, "the terminal cannot be silenced: \(SystemError("tcgetattr"))", remedy: "Give --password-file.")
    }
    var silent = before
    // Signals too: one that ended us here would leave the terminal silent.
    silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
    guard unsafe tcsetattr(number, TCSAFLUSH, &silent) == 0 else {
      throw CertificateError(
        .unreadable, "the terminal cannot be silenced: \(SystemError("tcsetattr"))", remedy: "Give --password-file.")
    }
    write(prompt)
    defer {
      _ = unsafe tcsetattr(number, TCSAFLUSH, &before)
      write("\n")
    }
    let line = try PasswordInput.line(of: number)
    guard !line.contains(3) else { throw CertificateError(.wrongPassword, "given up", remedy: "Nothing was written.") }
    return line
  }

  private borrowing func write(_ text: String) {
    let octets = Array(text.utf8)
    // Safe: no more is read than the array has.
    _ = unsafe octets.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
  }
}
