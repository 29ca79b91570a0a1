import Sinkhole

/// Policy sources as text.
enum SourceEntry {
  /// The reader of plain lines and ldns must agree: on whether it is a zone, on how much is in it, and on every fault.
  static func problem(withZone text: [UInt8]) -> String? {
    let plain = outcome { () throws(Faults) in
      try PolicyZoneReader.read(text: text, file: "input.zone", mayInclude: false, scansPlainLines: true)
    }
    let whole = outcome { () throws(Faults) in
      try PolicyZoneReader.read(text: text, file: "input.zone", mayInclude: false, scansPlainLines: false)
    }
    return plain == whole ? nil : "with plain lines \(plain), by ldns alone \(whole)"
  }

  static func problem(with text: [UInt8], _ format: SourceFormat) -> String? {
    let outcome = outcome { () throws(Faults) in
      try PolicySource.read(text: text, file: "input", format: format)
    }
    return outcome.isEmpty ? "refused without a word" : nil
  }

  /// A zone's size, or its faults, in words.
  private static func outcome(_ read: () throws(Faults) -> PolicyZone) -> String {
    do throws(Faults) {
      let zone = try read()
      return "\(zone.triggers.count) triggers, serial \(zone.serial)"
    } catch {
      return "\(error)"
    }
  }
}
