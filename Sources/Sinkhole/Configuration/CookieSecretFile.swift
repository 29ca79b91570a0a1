/// The file of cookie secrets that all servers behind one address share: one or two lines of 32 hexadecimal digits. The
/// first makes cookies, both are good, so that a change can reach the servers one after the other (RFC 9018 section 5).
/// Empty lines and those that begin with `#` are passed over.
enum CookieSecretFile {
  private static let maximumSize = 4096
  private static let maximumKeys = 2

  /// - Throws: every fault of the file.
  static func read(_ file: String) throws(Faults) -> CookieKeys {
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try FileContents.read(file, limit: maximumSize)
    } catch {
      throw Faults([Fault(file: file, "cannot be read: \(error)", remedy: "Correct cookies.secret_file, or its permissions.")])
    }
    var keys: [SipHash.Key] = []
    var faults: [Fault] = []
    for (index, line) in octets.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let digits = line.filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
      if digits.isEmpty || digits[0] == 0x23 { continue }
      guard let key = key(digits) else {
        // What stands there may be most of a secret: it is not repeated.
        faults.append(
          Fault(
            file: file, line: index + 1, "no secret, expected 32 hexadecimal digits",
            remedy: "Make one with: openssl rand -hex 16"))
        continue
      }
      keys.append(key)
    }
    if faults.isEmpty, !(1...maximumKeys).contains(keys.count) {
      faults.append(
        Fault(
          file: file, "\(keys.count) secrets, expected 1 or 2",
          remedy: "Write the one that makes cookies first, and below it the one before or the one to come."))
    }
    guard faults.isEmpty else { throw Faults(faults) }
    return CookieKeys(current: keys[0], other: keys.count > 1 ? keys[1] : nil)
  }

  private static func key(_ digits: [UInt8]) -> SipHash.Key? {
    guard digits.count == 32 else { return nil }
    var words: [UInt64] = [0, 0]
    for (index, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x41...0x46: value = digit - 0x41 + 10
      case 0x61...0x66: value = digit - 0x61 + 10
      default: return nil
      }
      // The first octet is the lowest, and of an octet the first digit the higher.
      let octet = index % 16 / 2
      words[index / 16] |= UInt64(value) << UInt64(octet * 8 + (index % 2 == 0 ? 4 : 0))
    }
    return SipHash.Key(low: words[0], high: words[1])
  }
}
