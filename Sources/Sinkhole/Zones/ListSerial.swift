/// A list has no serial of its own: the hour when its file was written stands for it, as `2026112309`, in UTC.
package enum ListSerial {
  /// - Parameter seconds: since 1970. Before that, and where ten digits pass 32 bits (the year 4295), an end of the range.
  package static func serial(at seconds: Int) -> UInt32 {
    guard seconds > 0 else { return 0 }
    let date = CivilTime.date(ofDay: Int64(seconds / 86_400))
    return UInt32(clamping: ((date.year * 100 + date.month) * 100 + date.day) * 100 + seconds / 3600 % 24)
  }
}
