/// Is told what a reader finds in a source, record by record in the order of the text: for those who look at a source and
/// have no need to keep it, so that it may be of any size.
///
/// A fault further on may still refuse the source; whoever acts on what was told reads it to its end first.
package protocol SourceVisitor: AnyObject {
  /// The zone has said what it is: `title`, `origin` and `serial` are set. A list says so before anything else.
  func begin(_ zone: PolicyZone)

  /// A trigger on a name.
  ///
  /// - Parameters:
  ///   - name: canonical wire octets without the root label, and without the `*` of a wildcard. It holds for the call.
  ///   - part: `exact`, `wildcard`, or both for an entry of a list.
  ///   - action: of local data one record, however many the name has.
  func take(_ name: Span<UInt8>, _ part: TriggerArena.Flags, _ action: PolicyZone.Action, at place: SourcePlace)

  /// A trigger on the address of a client or in a response; these are told last.
  func takeAddress(_ prefix: IPPrefix, _ action: PolicyZone.Action, at place: SourcePlace)

  /// What a TXT record says of a service.
  func take(_ service: PolicyZone.Service, at place: SourcePlace)

  /// An entry was read and not taken.
  func skip(_ cause: PolicyZone.Skip.Cause, _ reason: String, at place: SourcePlace)
}

/// Where in a source something stands.
package struct SourcePlace: Sendable {
  package let file: String
  /// From 1.
  package let line: Int
}

extension SourceVisitor {
  package func begin(_ zone: PolicyZone) {}
  package func takeAddress(_ prefix: IPPrefix, _ action: PolicyZone.Action, at place: SourcePlace) {}
  package func take(_ service: PolicyZone.Service, at place: SourcePlace) {}
  package func skip(_ cause: PolicyZone.Skip.Cause, _ reason: String, at place: SourcePlace) {}
}

/// Who is told what a reader finds, and whether the zone keeps its names all the same.
package struct SourceAudience {
  package let visitor: any SourceVisitor
  /// Otherwise the zone comes out with its services, counts and skips, and without triggers.
  package let keepsNames: Bool

  package init(_ visitor: any SourceVisitor, keepsNames: Bool = false) {
    self.visitor = visitor
    self.keepsNames = keepsNames
  }
}
