import Foundation

/// What the kernel says of this process' resident memory, in octets.
enum ProcessMemory {
  static var resident: Int {
    let fields = text("/proc/self/statm").split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }

  /// The most that it was since `resetPeak`.
  static var peak: Int {
    let line = text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) * 1024
  }

  static func resetPeak() {
    let file = fopen("/proc/self/clear_refs", "w")
    guard let file else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
