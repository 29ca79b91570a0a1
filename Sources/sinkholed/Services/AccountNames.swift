import Glibc
import Sinkhole
import SinkholeWeb

/// The account of a process: the one that its person logged in with, which sudo and su leave as it is (the kernel's login uid);
/// where nobody logged in, as with services, the one that it runs under.
enum AccountNames {
  /// What the kernel says while nobody has logged in.
  private static let unset = UInt32.max

  static func name(of peer: PeerCredentials) -> String {
    let user = login(of: peer.process) ?? peer.user
    return passwd(user) ?? "uid-\(user)"
  }

  private static func login(of process: Int32) -> UInt32? {
    let number = unsafe open("/proc/\(process)/loginuid", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var octets = [UInt8](repeating: 0, count: 16)
    // Safe: at most the array's octets are written.
    let count = unsafe octets.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
    guard count > 0, let user = UInt32(String(decoding: octets.prefix(count).filter { $0 > 0x20 }, as: UTF8.self))
    else {
      return nil
    }
    return user == unset ? nil : user
  }

  /// From the file itself: other sources of accounts are asked over the network, and may ask us for their addresses.
  private static func passwd(_ user: UInt32) -> String? {
    guard let octets = try? FileContents.read("/etc/passwd", limit: 1 << 20) else { return nil }
    for line in String(decoding: octets, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      if fields.count > 2, UInt32(fields[2]) == user, !fields[0].isEmpty { return String(fields[0]) }
    }
    return nil
  }
}
