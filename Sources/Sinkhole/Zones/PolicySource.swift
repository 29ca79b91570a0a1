/// Reads a policy source, whatever its form.
package enum PolicySource {
  /// - Parameters:
  ///   - file: on this machine.
  ///   - format: nil to tell it by the file's name.
  ///   - title: what the operator calls the source; nil to have a zone's first label, or a list's file name.
  ///   - guard: keeps triggers out that would shut out too much.
  ///   - mayInclude: false for a source from elsewhere, which could name files of ours.
  ///   - audience: who is told of every record; nil for nobody.
  /// - Throws: all faults of the source. It is taken whole or not at all.
  package static func read(
    file: String, format: SourceFormat? = nil, title: String? = nil, guard nameGuard: NameGuard = .basic,
    mayInclude: Bool = true, audience: SourceAudience? = nil
  ) throws(Faults) -> PolicyZone {
    guard let format = format ?? SourceFormat(file: file) else {
      let suffixes = SourceFormat.allCases.flatMap(\.suffixes).joined(separator: ", ")
      throw Faults([
        Fault(
          file: file, "its name does not tell its format, expected one of: \(suffixes)",
          remedy: "Rename it, or state the format: \(SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
      ])
    }
    switch format {
    case .rpz:
      return try PolicyZoneReader.read(file: file, title: title, guard: nameGuard, mayInclude: mayInclude, audience: audience)
    case .hosts: return try ListReader.read(file: file, HostsFile(), title, nameGuard, audience)
    case .domains: return try ListReader.read(file: file, DomainList(), title, nameGuard, audience)
    case .adblock: return try ListReader.read(file: file, AdBlockList(), title, nameGuard, audience)
    }
  }

  /// Reads text already in memory, as from a source from elsewhere: it may not include files.
  ///
  /// - Throws: as above.
  package static func read(text: [UInt8], file: String, format: SourceFormat) throws(Faults) -> PolicyZone {
    switch format {
    case .rpz: return try PolicyZoneReader.read(text: text, file: file, mayInclude: false)
    case .hosts: return try ListReader.read(text: text, file: file, HostsFile())
    case .domains: return try ListReader.read(text: text, file: file, DomainList())
    case .adblock: return try ListReader.read(text: text, file: file, AdBlockList())
    }
  }
}
