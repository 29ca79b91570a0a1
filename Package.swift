// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is checked for memory safety: an unsafe expression must say `unsafe` where it
/// stands. `Lifetimes` lets our own types hand out bounds-checked `Span`s of what they store.
let checked: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "sinkhole",
  products: [
    .executable(name: "sinkholed", targets: ["sinkholed"])
  ],
  // Why each one is here: docs/architecture.md, "Dependencies".
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CLdns", pkgConfig: "ldns", providers: [.apt(["libldns-dev"])]),
    .target(name: "CNet"),
    .target(name: "Ldns", dependencies: ["CLdns"], swiftSettings: checked),
    .target(
      name: "Sinkhole",
      dependencies: [
        "CNet", "Ldns",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: checked),
    .target(
      name: "SinkholeCertificates",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: checked),
    .target(
      name: "SinkholeWeb",
      dependencies: [
        "SinkholeCertificates",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: checked),
    .target(
      name: "SinkholeLedger",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: checked),
    .target(
      name: "SinkholeTransports",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: checked),
    .executableTarget(
      name: "sinkholed",
      dependencies: [
        "Sinkhole", "SinkholeCertificates", "SinkholeLedger", "SinkholeTransports", "SinkholeWeb",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: checked),
    .testTarget(name: "SinkholeCertificatesTests", dependencies: ["SinkholeCertificates", "Support"]),
    .testTarget(
      name: "SinkholeWebTests",
      dependencies: [
        "SinkholeCertificates", "SinkholeWeb", "Support",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: checked),
    // Servers and files of Foundation's, so not checked.
    .testTarget(
      name: "SinkholeTransportsTests",
      dependencies: [
        "SinkholeTransports", "Support",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    // Files, processes and threads of Foundation's, so not checked.
    .testTarget(
      name: "SinkholeLedgerTests",
      dependencies: [
        "SinkholeLedger", "ledger-writer",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    // Writes until it is killed.
    .executableTarget(
      name: "ledger-writer", dependencies: ["SinkholeLedger", .product(name: "Logging", package: "swift-log")],
      path: "Tests/LedgerWriter"),
    // What tests share: a scripted upstream, raw sockets, messages, peers. Plain Foundation, so not checked.
    .target(name: "Support", dependencies: ["Sinkhole"], path: "Tests/Support"),
    // What coverage-guided fuzzing and the replay of its corpus have in common, and the fuzzer's program: Fuzz/README.md.
    .target(name: "FuzzEntries", dependencies: ["Sinkhole", "Support"], path: "Fuzz/Entries"),
    .executableTarget(name: "fuzz-inputs", dependencies: ["FuzzEntries"], path: "Fuzz/Inputs"),
    .executableTarget(name: "packet-mutations", dependencies: ["Sinkhole", "Support"], path: "Fuzz/PacketMutations"),
    .executableTarget(
      name: "policy-bench",
      dependencies: ["Sinkhole", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Benchmarks/Policy"),
    .executableTarget(
      name: "cache-bench",
      dependencies: ["Sinkhole", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Benchmarks/Cache"),
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    .testTarget(name: "SinkholeTests", dependencies: ["AllocationCount", "FuzzEntries", "Ldns", "Sinkhole", "Support"]),
    .testTarget(name: "ConformanceTests", dependencies: ["Sinkhole", "Support"]),
    .testTarget(name: "PeerTests", dependencies: ["Sinkhole", "SinkholeLedger", "SinkholeWeb", "Support", "sinkholed"]),
  ],
  swiftLanguageModes: [.v6]
)
