// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Akin", path: "../..")],
    targets: [
        .executableTarget(
            name: "training-speed", dependencies: [.product(name: "Akin", package: "Akin")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
