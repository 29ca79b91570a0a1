import Foundation

/// One case's figures as people read them.
enum ResultTable {
  static func text(_ figures: Case.Figures) -> String {
    let names = Double(figures.names)
    var lines = ["\(figures.names) names in \(figures.zones) zone\(figures.zones == 1 ? "" : "s")"]
    lines.append(
      row(
        "text to zones", "\(number(figures.read, 3)) s", "\(number(figures.read / names * 1e9, 0)) ns a name",
        "\(number(Double(figures.text) / 1e6, 1)) MB of text"))
    lines.append(
      row("zones to table", "\(number(figures.build, 4)) s", "\(number(figures.build / names * 1e9, 0)) ns a name"))
    lines.append(
      row(
        "octets a name", "arena \(number(figures.arena, 1))", "table \(number(figures.table, 1))",
        "resident \(number(figures.residentZones, 1)) + \(number(figures.residentTable, 1))"))
    for kind in Lookups.Kind.allCases {
      guard let look = figures.lookups[kind.rawValue] else { continue }
      lines.append(
        row(
          "look, \(kind.rawValue)", "alone \(number(look.alone, 0)) ns", "99 % \(number(look.alone99, 0)) ns",
          "in a batch \(number(look.batch, 0)) ns", "hash \(number(look.hash, 0)) ns"))
    }
    for (name, reload) in [("table anew", figures.rebuild), ("all read anew", figures.reload)] {
      lines.append(
        row(
          name, "longest pause \(number(reload.longest, 2)) ms", "quiet \(number(reload.quiet, 2)) ms",
          "peak \(number(reload.peak, 2)) of steady memory"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func row(_ name: String, _ cells: String...) -> String {
    ([name] + cells).map { $0.padding(toLength: max(20, $0.count), withPad: " ", startingAt: 0) }
      .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
  }

  private static func number(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }
}
