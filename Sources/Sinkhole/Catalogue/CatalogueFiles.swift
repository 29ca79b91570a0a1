/// The sources that a tool is to look at: what somebody named, folders taken as the zone files in them.
package struct CatalogueFiles {
  package struct File: Sendable, Hashable {
    package let path: String
    package let format: SourceFormat
    /// What the configuration calls it; nil to have it say so itself.
    package let title: String?
    /// False for a copy of a fetched list, which could name files of ours.
    package let mayInclude: Bool

    package init(path: String, format: SourceFormat, title: String? = nil, mayInclude: Bool = true) {
      self.path = path
      self.format = format
      self.title = title
      self.mayInclude = mayInclude
    }
  }

  package let files: [File]
  private let nameGuard: NameGuard

  package init(_ files: [File], guard nameGuard: NameGuard = NameGuard()) {
    self.files = files
    self.nameGuard = nameGuard
  }

  /// - Parameter paths: files, of which one without a suffix that tells is zone text, and folders. What lies in folders
  ///   of a folder is not taken.
  /// - Throws: folders without a zone file in them.
  package init(_ paths: [String], guard nameGuard: NameGuard = NameGuard()) throws(Faults) {
    var files: [File] = []
    var faults: [Fault] = []
    for path in paths {
      let found = FileContents.isFolder(path) ? CatalogueFiles.list(path) : [path]
      files += found.map { File(path: $0, format: SourceFormat(file: $0) ?? .rpz) }
      if found.isEmpty {
        let expected = SourceFormat.allCases.flatMap(\.suffixes).map { "NAME\($0)" }.joined(separator: ", ")
        faults.append(
          Fault(
            file: path, "no zone file in this folder, expected \(expected)", remedy: "Name a file, or another folder."))
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    self.init(files, guard: nameGuard)
  }

  /// The zone files of `folder`, in the order of their names.
  package static func list(_ folder: String) -> [String] {
    SourceFormat.allCases.flatMap(\.suffixes).flatMap { (try? Folder.paths(in: folder, suffix: $0)) ?? [] }.sorted()
  }

  /// Tells `visitor` of every record, file after file, and keeps none of them.
  ///
  /// - Parameter each: called with each zone behind its last record, without its names.
  /// - Throws: all faults of all files.
  package func visit(_ visitor: any SourceVisitor, each: (PolicyZone) -> Void = { _ in }) throws(Faults) {
    var faults: [Fault] = []
    for file in files {
      do throws(Faults) {
        each(try read(file, SourceAudience(visitor)))
      } catch {
        faults += error.list
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
  }

  /// The zones, with their names. An octet or two more than a name has are all it costs.
  ///
  /// - Throws: all faults of all files; more zones than are told apart.
  package func load() throws(Faults) -> [PolicyZone] {
    var faults: [Fault] = []
    var zones: [PolicyZone] = []
    for file in files {
      do throws(Faults) {
        zones.append(try read(file, nil))
      } catch {
        faults += error.list
      }
    }
    if let fault = CatalogueFiles.tooMany(zones) { faults.append(fault) }
    guard faults.isEmpty else { throw Faults(faults) }
    return zones
  }

  func read(_ file: File, _ audience: SourceAudience?) throws(Faults) -> PolicyZone {
    try PolicySource.read(
      file: file.path, format: file.format, title: file.title, guard: nameGuard, mayInclude: file.mayInclude,
      audience: audience)
  }

  static func tooMany(_ zones: [PolicyZone]) -> Fault? {
    zones.dropFirst(PolicyIndex.maximumZones).first.map {
      Fault(file: $0.file, "more than \(PolicyIndex.maximumZones) zones at once", remedy: "Name fewer, or join some.")
    }
  }
}
