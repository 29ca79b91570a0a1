import FuzzEntries
import Glibc

// The fuzzer's program: FUZZ_ENTRY names the entry, the arguments are libFuzzer's. Built without LIBFUZZER it feeds the
// files that it is given, once each: how a finding is looked at in an ordinary build. With FUZZ_ENTRY=reading it says what
// we see in each message of standard input: lines of `q` or `r` and hexadecimal octets, for Fuzz/differential.

/// The entry that the environment names; ends the program when it names none.
private let entry: FuzzEntry = {
  let name = unsafe getenv("FUZZ_ENTRY").map { unsafe String(cString: $0) } ?? ""
  guard let entry = FuzzEntry(rawValue: name) else {
    let names = FuzzEntry.allCases.map(\.rawValue).joined(separator: ", ")
    print("FUZZ_ENTRY is '\(name)', expected one of: \(names)")
    exit(64)
  }
  return entry
}()

private func feed(_ input: [UInt8]) {
  if let problem = entry.problem(with: input) { fatalError("\(entry.rawValue): \(problem)") }
}

#if LIBFUZZER
  @_silgen_name("LLVMFuzzerRunDriver")
  private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ feed: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  // What libFuzzer's own `main` calls; it is linked, though ours goes first.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func feedOctets(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe: libFuzzer's buffer has `count` octets and outlives the call.
    feed(unsafe Array(UnsafeBufferPointer(start: octets, count: count)))
    return 0
  }

  // The package manager has the linker take this name for `main`; libFuzzer would bring one of its own.
  @_cdecl("fuzz_inputs_main")
  public func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var count = count
    var arguments = unsafe arguments
    return unsafe runFuzzer(&count, &arguments, feedOctets)
  }
#else
  @main struct Replay {
    static func main() throws {
      if unsafe getenv("FUZZ_ENTRY").map({ unsafe String(cString: $0) }) == "reading" { return read() }
      for path in CommandLine.arguments.dropFirst() {
        feed(try FuzzCorpus.read(path))
        print("\(path): nothing wrong")
      }
    }

    private static func read() {
      while let line = readLine() {
        let digits = line.dropFirst(2).compactMap { UInt8(String($0), radix: 16) }
        let message = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        print(line.hasPrefix("q") ? Reading.query(message) : Reading.response(message))
      }
    }
  }
#endif
