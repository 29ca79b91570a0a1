/// How rules call zones: each by its title, and several at once by what their titles begin with. The catalogue's are
/// named so that `ai` stands for `ai-chat`, `ai-code` and the rest, and `bypass` for `bypass-resolver` and its like.
struct ZoneTitles {
  private let titles: Set<String>

  init(_ zones: [PolicyZone]) { titles = Set(zones.map(\.title)) }

  /// Whether a rule that says `word` means the zone. A zone of that very title is meant alone, whatever others begin with.
  func word(_ word: String, means title: String) -> Bool {
    if word == title { return true }
    return title.hasPrefix(word + "-") && !titles.contains(word)
  }

  /// Whether some zone is meant.
  func holds(_ word: String) -> Bool { titles.contains { self.word(word, means: $0) } }

  /// What may be said, for a word that is close to it: titles, and the first words of titles.
  var known: [String] {
    let families = titles.compactMap { title in title.firstIndex(of: "-").map { String(title[..<$0]) } }
    return (Array(titles) + Set(families).subtracting(titles)).sorted()
  }
}
