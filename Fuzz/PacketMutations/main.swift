import Foundation
import Sinkhole
import Support

// Feeds mutations of real packets through the road and looks at everything that comes back. Meant to run under
// AddressSanitizer with leak checking (`make fuzz`): it ends by stopping the server, so that what is left is a leak.
//
//     packet-mutations [COUNT] [SEED]

let arguments = CommandLine.arguments
let count = arguments.count > 1 ? Int(arguments[1]) ?? 100_000 : 100_000
let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : UInt64.random(in: 1...UInt64.max)
print("packet-mutations: \(count) packets, seed \(seed)")

let direct = try DirectRoad().run(count: count, seed: seed)
print("direct: \(direct)")
let wire = try WireRoad().run(count: count / 5, seed: seed)
print("sockets: \(wire)")
guard direct.faults + wire.faults == 0 else { exit(1) }
print("\(direct.packets + wire.packets) passed, 0 failed")
