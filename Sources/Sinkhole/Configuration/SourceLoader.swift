/// Reads every source of policy that a configuration names, in its order.
///
/// A local source at fault is a fault of the whole. Of a fetched one the last good copy counts: that of the state folder, else
/// that of the policy that serves; without either the rest is served without it, unless it is required.
package struct SourceLoader {
  /// What was loaded.
  package struct Sources: Sendable {
    package fileprivate(set) var zones: [PolicyZone] = []
    /// What is served without, or in an older form than it should, and other things to be said of sources.
    package fileprivate(set) var warnings: [String] = []
  }

  private let configuration: Configuration
  private let previous: Policy?
  private let nameGuard: NameGuard

  /// - Parameter previous: the policy that serves.
  package init(_ configuration: Configuration, previous: Policy? = nil) {
    self.configuration = configuration
    self.previous = previous
    nameGuard = NameGuard(
      ownNames: configuration.definition.ownNames.map(\.name),
      neverBlock: configuration.definition.neverBlock.filter { !$0.isWildcard }.map(\.name))
  }

  package func load(_ faults: inout [Fault]) -> Sources {
    var sources = Sources()
    if !nameGuard.isComplete {
      sources.warnings.append(
        "\(NameGuard.publicSuffixFile) cannot be read: only the root and top-level domains are guarded. "
          + "Install the package publicsuffix.")
    }
    for source in configuration.zones {
      switch source.place {
      case .path(let path): read(path, source, &sources, &faults)
      case .address(let remote): read(remote, source, &sources, &faults)
      }
    }
    return sources
  }

  // MARK: Local sources

  private func read(_ path: String, _ source: ZoneSource, _ sources: inout Sources, _ faults: inout [Fault]) {
    let isFolder = FileContents.isFolder(path)
    for file in isFolder ? files(path, source, &faults) : [path] {
      do throws(Faults) {
        // A file without a suffix that tells is a zone.
        let format = source.format ?? SourceFormat(file: file) ?? .rpz
        sources.zones.append(
          try PolicySource.read(file: file, format: format, title: isFolder ? nil : source.name, guard: nameGuard))
      } catch {
        faults += error.list
      }
    }
  }

  /// Those whose name tells their format, in the order of their names.
  private func files(_ folder: String, _ source: ZoneSource, _ faults: inout [Fault]) -> [String] {
    let suffixes = source.format?.suffixes ?? SourceFormat.allCases.flatMap(\.suffixes)
    let found = suffixes.flatMap { (try? Folder.paths(in: folder, suffix: $0)) ?? [] }.sorted()
    if found.isEmpty {
      let expected = suffixes.map { "NAME\($0)" }.joined(separator: ", ")
      faults.append(Fault(file: folder, "no zone file in this folder, expected \(expected)", remedy: "Correct zones."))
    }
    return found
  }

  /// The sources of `configuration` as tools take them: of fetched ones their last good copies.
  ///
  /// - Throws: a folder without zone files, a list that was never fetched.
  package static func catalogueFiles(
    of configuration: Configuration, guard nameGuard: NameGuard
  ) throws(Faults) -> CatalogueFiles {
    let loader = SourceLoader(configuration)
    var faults: [Fault] = []
    var files: [CatalogueFiles.File] = []
    for source in configuration.zones {
      switch source.place {
      case .path(let path):
        let isFolder = FileContents.isFolder(path)
        for file in isFolder ? loader.files(path, source, &faults) : [path] {
          let format = source.format ?? SourceFormat(file: file) ?? .rpz
          files.append(CatalogueFiles.File(path: file, format: format, title: isFolder ? nil : source.name))
        }
      case .address:
        let file = "\(folder(of: configuration))/\(source.name ?? "").list"
        files.append(
          CatalogueFiles.File(path: file, format: source.format ?? .domains, title: source.name, mayInclude: false))
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    return CatalogueFiles(files, guard: nameGuard)
  }

  // MARK: Fetched sources

  /// Where the last good copies lie.
  package static func folder(of configuration: Configuration) -> String { configuration.state + "/lists" }

  private func read(
    _ remote: ZoneSource.Remote, _ source: ZoneSource, _ sources: inout Sources, _ faults: inout [Fault]
  ) {
    let name = source.name ?? ""
    let file = "\(SourceLoader.folder(of: configuration))/\(name).list"
    var reason = "it has not been fetched yet"
    if FileContents.exists(file) {
      do throws(Faults) {
        return sources.zones.append(try inspect(file, source))
      } catch {
        reason = "its copy is at fault: \(error.list[0])"
      }
    }
    if let known = previous?.zones.first(where: { $0.title == name }) {
      sources.warnings.append("list \(name) is served as it was before: \(reason)")
      sources.zones.append(known.source)
    } else if remote.isRequired {
      let remedy = "Fetch it once with a start that does not require it, or correct its url."
      let problem = "the required list \(name) is not there: \(reason)"
      faults.append(Fault(file: configuration.file ?? "configuration", line: source.line, problem, remedy: remedy))
    } else {
      sources.warnings.append("list \(name) is not in force: \(reason). See \(remote.url).")
    }
  }

  /// Reads a fetched list, or one that is to be, as this configuration reads it.
  /// - Throws: all its faults.
  package func inspect(_ file: String, _ source: ZoneSource) throws(Faults) -> PolicyZone {
    try PolicySource.read(
      file: file, format: source.format, title: source.name, guard: nameGuard, mayInclude: false)
  }
}
