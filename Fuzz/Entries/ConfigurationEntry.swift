import Sinkhole

/// A configuration file as text.
enum ConfigurationEntry {
  static func problem(with octets: [UInt8]) -> String? {
    do throws(Faults) {
      _ = try ConfigurationReader.read(text: String(decoding: octets, as: UTF8.self), file: "input.yaml")
      return nil
    } catch {
      return "\(error)".isEmpty ? "refused without a word" : nil
    }
  }
}
