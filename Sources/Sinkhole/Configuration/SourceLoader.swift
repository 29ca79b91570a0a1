/// Reads every source of policy that a configuration names, in its order.
struct SourceLoader {
  private let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  func load(_ faults: inout [Fault]) -> [PolicyZone] {
    var zones: [PolicyZone] = []
    for source in configuration.zones {
      guard case .path(let path) = source.place else { continue }
      for file in files(path, &faults) {
        do throws(Faults) {
          zones.append(try PolicyZoneReader.read(file: file))
        } catch {
          faults += error.list
        }
      }
    }
    return zones
  }

  /// A file as it is named; of a folder those that end in `.zone`, in the order of their names.
  private func files(_ path: String, _ faults: inout [Fault]) -> [String] {
    guard FileContents.isFolder(path) else { return [path] }
    let found = (try? FileContents.list(path, suffix: ".zone")) ?? []
    if found.isEmpty {
      faults.append(Fault(file: path, "no zone file in this folder, expected NAME.zone", remedy: "Correct zones."))
    }
    return found
  }
}
