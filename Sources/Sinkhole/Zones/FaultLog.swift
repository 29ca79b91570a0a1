/// The faults of one source, in the order they were met. The first hundred are kept, the others counted.
struct FaultLog {
  static let maximumCount = 100

  private(set) var faults: [Fault] = []
  private var others = 0

  var isEmpty: Bool { faults.isEmpty }

  mutating func report(_ fault: Fault) {
    if faults.count < FaultLog.maximumCount { faults.append(fault) } else { others += 1 }
  }

  /// - Parameter file: the source, for the line that counts the others.
  func closed(for file: String) -> Faults {
    guard others > 0 else { return Faults(faults) }
    let more = Fault(file: file, "\(others) further \(others == 1 ? "fault" : "faults")", remedy: "Mend these first.")
    return Faults(faults + [more])
  }
}
