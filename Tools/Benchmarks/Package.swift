// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Akin", path: "../..")],
    targets: [
        // A link to the one of Akin's tests.
        .target(name: "CAllocationCounter"),
        .target(name: "CSquareProduct"),
        .executableTarget(
            name: "query-latency", dependencies: [.product(name: "Akin", package: "Akin")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "search-speed", dependencies: [.product(name: "Akin", package: "Akin")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "training-speed",
            dependencies: [.product(name: "Akin", package: "Akin"), "CAllocationCounter", "CSquareProduct"],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
