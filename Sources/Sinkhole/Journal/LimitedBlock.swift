/// A block of client addresses that begins to be sent less than it asks for, as a worker tells it.
package struct LimitedBlock: Sendable {
  /// Milliseconds on `Clock`.
  package let time: UInt64
  package let block: IPPrefix

  package init(time: UInt64, block: IPPrefix) {
    self.time = time
    self.block = block
  }
}
