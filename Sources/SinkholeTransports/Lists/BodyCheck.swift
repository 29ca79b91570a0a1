import NIOCore

/// Looks at a body as it arrives, so that what cannot be a list is refused at its first octets and never fills the
/// disk: size, NUL octets, markup, emptiness. Keeps a count and two flags, nothing of the body.
struct BodyCheck {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let limit: Int
  private var size = 0
  /// Octets of a UTF-8 byte order mark seen so far, while nothing else was.
  private var markLength = 0
  private var hasBegun = false

  /// - Parameter limit: Octets that a body may have.
  init(limit: Int) {
    self.limit = limit
  }

  /// Hears a Content-Length. Compressed or not, what is too long already will not become shorter.
  /// - Throws: `tooLarge`.
  func announce(_ length: Int) throws(FetchFailure) {
    guard length <= limit else {
      throw FetchFailure(.tooLarge, "\(length) octets announced, expected \(limit) at most. Allow more if it is right")
    }
  }

  /// - Throws: `tooLarge`, `binary` or `markup`.
  mutating func take(_ octets: ByteBuffer) throws(FetchFailure) {
    size += octets.readableBytes
    guard size <= limit else {
      throw FetchFailure(.tooLarge, "longer than \(limit) octets. Allow more if the list is right")
    }
    guard !octets.readableBytesView.contains(0) else {
      throw FetchFailure(.binary, "holds a NUL octet, expected text: an archive, or another encoding than UTF-8")
    }
    if !hasBegun { try look(at: octets.readableBytesView) }
  }

  /// - Throws: `empty`.
  func finish() throws(FetchFailure) {
    guard hasBegun else { throw FetchFailure(.empty, "empty, expected a list") }
  }

  /// The first octet that is no white space decides. No list has `<` there, every page has.
  private mutating func look(at octets: ByteBufferView) throws(FetchFailure) {
    for octet in octets {
      switch octet {
      case 0x20, 0x09...0x0D:
        continue
      case UInt8(ascii: "<"):
        throw FetchFailure(.markup, "begins with <, expected a list: a page of HTML or XML")
      default:
        if markLength < 3, octet == BodyCheck.byteOrderMark[markLength] {
          markLength += 1
          continue
        }
        hasBegun = true
        return
      }
    }
  }
}
