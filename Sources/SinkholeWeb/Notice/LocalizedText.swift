/// A language tag (RFC 5646), such as `en` or `ko-KR`. Tags are compared without regard to case, so
/// the text is kept in lower case.
package struct LanguageTag: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue.lowercased() }
  package init(stringLiteral value: String) { self.init(rawValue: value) }
}

/// A text for people that may exist in several languages: a reason, the name of an authority or of
/// a service. Whoever has no translation gets `standard`.
package struct LocalizedText: Hashable, Sendable, ExpressibleByStringLiteral {
  package let standard: String
  /// The language `standard` is written in; nil for what is the same everywhere, such as a brand.
  /// The page marks a passage in another language than its own, so that a screen reader pronounces
  /// it rightly (WCAG 2.2, 3.1.2).
  package let standardLanguage: LanguageTag?
  package let translations: [LanguageTag: String]

  package init(
    _ standard: String, in language: LanguageTag? = nil, translations: [LanguageTag: String] = [:]
  ) {
    self.standard = standard
    standardLanguage = language
    self.translations = translations
  }

  package init(stringLiteral value: String) { self.init(value) }

  /// The text for a reader of `language`.
  package func text(in language: LanguageTag) -> String { translations[language] ?? standard }

  /// The language `text(in:)` answers in when it is not the one that was asked for.
  func foreignLanguage(for language: LanguageTag) -> LanguageTag? {
    guard translations[language] == nil, standardLanguage != language else { return nil }
    return standardLanguage
  }
}
