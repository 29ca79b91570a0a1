import Hummingbird

/// The body of a request: an object whose members are all known.
struct AdministrationBody {
  private static let grant = ["services", "client", "prefix", "group", "from", "until", "for", "reason", "as"]

  private let value: JSONValue

  /// No body is an empty object.
  init(_ octets: [UInt8]) throws(AdministrationProblem) {
    do throws(JSONReader.Failure) {
      value = octets.isEmpty ? .object([]) : try JSONReader.read(octets)
    } catch {
      throw AdministrationProblem(400, "Bad Request", code: "json", "\(error). Send an object.")
    }
    guard case .object(let members) = value else { throw .input("the body is no object. Send {\"services\": [...]}.") }
    for member in members where member.name == "as" {
      guard case .string = member.value else { throw .input("\"as\" is no text. Write a name.") }
    }
  }

  func text(_ name: String) -> String? { value[name]?.text }

  func grant() throws(AdministrationProblem) -> GrantInput {
    try check(AdministrationBody.grant)
    var input = GrantInput()
    if let services = value["services"] {
      let texts = services.list?.compactMap(\.text)
      guard let texts, texts.count == services.list?.count else {
        throw .input("\"services\" is no list of texts. Write [\"deepseek\"].")
      }
      input.services = texts
    }
    (input.client, input.prefix, input.group) = (text("client"), text("prefix"), text("group"))
    (input.from, input.until, input.length) = (text("from"), text("until"), text("for"))
    input.reason = text("reason")
    return input
  }

  func reason() throws(AdministrationProblem) -> String? {
    try check(["reason", "as"])
    return text("reason")
  }

  private func check(_ known: [String]) throws(AdministrationProblem) {
    guard case .object(let members) = value else { return }
    for member in members {
      guard known.contains(member.name) else {
        throw .input(
          "unknown member \"\(member.name)\", expected some of: \(known.joined(separator: ", ")). Correct it.")
      }
      if member.name == "services" { continue }
      guard case .string = member.value else { throw .input("\"\(member.name)\" is no text. Put it in quotes.") }
    }
  }
}

/// What stands behind the `?` of a path: each word known, and there once.
struct AdministrationQuery {
  private var values: [String: String] = [:]

  init(_ request: Request, known: [String]) throws(AdministrationProblem) {
    let path = request.head.path ?? ""
    guard let mark = path.firstIndex(of: "?") else { return }
    for pair in path[path.index(after: mark)...].split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, known.contains(parts[0]), values.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw .input("\"\(pair)\" behind the ?, expected each at most once of: \(known.joined(separator: ", ")).")
      }
    }
  }

  /// Parted by commas.
  func words(_ name: String) -> [String]? { values[name].map { $0.split(separator: ",").map(String.init) } }

  func number(_ name: String) throws(AdministrationProblem) -> Int64? {
    guard let text = values[name] else { return nil }
    guard let number = Int64(text), number >= 0 else {
      throw .input("\(name) is \"\(text)\", expected a whole number.")
    }
    return number
  }

  func most() throws(AdministrationProblem) -> Int {
    let limit = AdministrationResponder.most
    guard let number = try number("most") else { return 100 }
    guard (1...Int64(limit)).contains(number) else { throw .input("most is \(number), expected 1 to \(limit).") }
    return Int(number)
  }
}
