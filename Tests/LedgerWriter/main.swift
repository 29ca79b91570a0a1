import Glibc
import Logging
import SinkholeLedger

/// Opens the ledger at the path it is given and makes one authorisation after the other, for as long as it lives. The number of
/// each is printed once the ledger says that it is kept: what a test has read must be there after a kill.
struct Nobody: LedgerFollower {
  func opened(_ lift: Lift) {}
  func closed(_ source: Lift.Source) {}
}

let ledger = Ledger(
  path: CommandLine.arguments[1], limits: LedgerLimits(), follower: Nobody(),
  logger: Logger(label: "writer", factory: { _ in SwiftLogNoOpLogHandler() }))
let now: Int64 = 1_796_126_400
ledger.open(now: now)
while true {
  let added = try await ledger.add(
    services: ["deepseek"], scope: .client("192.0.2.7"), terms: .init(seconds: 3600), reason: "a try",
    by: Person(account: "kim"), now: now)
  print(added.number)
  fflush(nil)
  // Some are ended again, so that both kinds of write are cut off.
  guard added.number % 3 == 0 else { continue }
  let revoked = try await ledger.revoke(added.number, note: nil, by: Person(account: "lee"), now: now)
  print("\(revoked.number) revoked")
  fflush(nil)
}
