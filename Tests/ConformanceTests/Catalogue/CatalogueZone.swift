import Foundation
import Support
import Testing

/// A zone file of the catalogue as text: what its records and its comments say, line by line.
struct CatalogueZone: Sendable, CustomTestStringConvertible {
  /// A CNAME record and the ids of its sources, from the comment behind it.
  struct Rule: Sendable {
    let owner: String
    let target: String
    let sources: [String]
    let line: Int

    var name: String { isWildcard ? String(owner.dropFirst(2)) : owner }
    var isWildcard: Bool { owner.hasPrefix("*.") }
    /// Nil for an action of RPZ.
    var service: String? {
      let suffix = ".service.sinkhole.internal."
      return target.hasSuffix(suffix) ? String(target.dropLast(suffix.count)) : nil
    }
  }

  /// A TXT record at `ID.service.sinkhole.internal`.
  struct Service: Sendable {
    let id: String
    let facts: [(key: String, value: String)]
    let line: Int

    subscript(key: String) -> String? { facts.first { $0.key == key }?.value }
  }

  /// A name in a comment that must stay open.
  struct Shared: Sendable {
    let name: String
    let reason: String
    let line: Int
  }

  /// Below the package's folder: `zones/chat.zone`.
  let path: String
  let lines: [String]
  private(set) var title = ""
  private(set) var serial = ""
  /// In the order of the file.
  private(set) var rules: [Rule] = []
  private(set) var services: [Service] = []
  private(set) var shared: [Shared] = []
  /// Comments above `$TTL`.
  private(set) var heading: [String] = []

  var testDescription: String { path }
  var isOptional: Bool { path.hasPrefix("zones/optional/") }
  var isAboutAI: Bool { title.hasPrefix("ai-") }
  /// Each once, without `*.`.
  var names: [Rule] { rules.filter { !$0.isWildcard } }

  init(path: String) {
    self.path = path
    let text = (try? String(contentsOfFile: "\(Command.root)/\(path)", encoding: .utf8)) ?? ""
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    heading = Array(lines.prefix { $0.hasPrefix(";") })
    var isSharing = false
    for (index, line) in lines.enumerated() {
      if let match = line.firstMatch(of: /^\$ORIGIN ([a-z0-9-]+)\.rpz\.sinkhole\.internal\.$/) {
        title = String(match.output.1)
      } else if let match = line.firstMatch(of: /^@ +SOA +localhost\. root\.localhost\. (\d{10}) 3600 600 2592000 5$/) {
        serial = String(match.output.1)
      } else if let match = line.firstMatch(of: /^(\S+)\.service\.sinkhole\.internal +TXT +(".*")$/) {
        let facts = match.output.2.matches(of: /"([a-z.]+)=([^"]+)"/).map { (String($0.output.1), String($0.output.2)) }
        services.append(Service(id: String(match.output.1), facts: facts, line: index + 1))
      } else if let match = line.firstMatch(of: /^(\S+) +CNAME +(\S+)(?: +; (.+))?$/) {
        let sources = match.output.3?.split(separator: ", ").map(String.init) ?? []
        rules.append(
          Rule(owner: String(match.output.1), target: String(match.output.2), sources: sources, line: index + 1))
      }
      let match = line.firstMatch(of: /^;   (\S+) +(\S.*)$/)
      if isSharing, let match {
        shared.append(Shared(name: String(match.output.1), reason: String(match.output.2), line: index + 1))
      }
      isSharing = line.hasPrefix("; Never restricted here, since other products need") || isSharing && match != nil
    }
  }

  static let shipped = below("zones")
  static let optional = below("zones/optional")
  static let all = shipped + optional

  private static func below(_ folder: String) -> [CatalogueZone] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(Command.root)/\(folder)")) ?? []
    return names.filter { $0.hasSuffix(".zone") }.sorted().map { CatalogueZone(path: "\(folder)/\($0)") }
  }
}
