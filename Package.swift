// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A Swift module of the house; `uses` are modules above it in the table of CONTRIBUTING.md.
func module(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.byName(name: name), "AkinBasics", "TestSupport"] + dependencies,
        swiftSettings: settings)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let csv = Target.Dependency.product(name: "SwiftCSV", package: "SwiftCSV")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "Akin",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Akin", targets: ["Akin"]),
        .executable(name: "akin", targets: ["AkinCommands"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    ],
    targets: [
        // C: libraries of the system, and our inner loops.
        .target(name: "CAkinOpenBLAS"),
        .systemLibrary(
            name: "CAkinLMDB", pkgConfig: "lmdb",
            providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
        // What the decoders of pictures have in common, and a shim each.
        .target(name: "CAkinDecoding"),
        .target(
            name: "CAkinJPEG", dependencies: ["CAkinDecoding"], linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CAkinPNG", dependencies: ["CAkinDecoding"], linkerSettings: [.linkedLibrary("png")]),
        .target(
            name: "CAkinTIFF", dependencies: ["CAkinDecoding"], linkerSettings: [.linkedLibrary("tiff")]),
        .target(
            name: "CAkinWebP", dependencies: ["CAkinDecoding"],
            linkerSettings: [.linkedLibrary("webpdemux"), .linkedLibrary("webp")]),
        .systemLibrary(
            name: "CAkinOpenJP2", pkgConfig: "libopenjp2",
            providers: [.apt(["libopenjp2-7-dev"]), .brew(["openjpeg"])]),
        .target(name: "CAkinOpenJPEG", dependencies: ["CAkinDecoding", "CAkinOpenJP2"]),
        .target(name: "CAkinGIF", dependencies: ["CAkinDecoding"], linkerSettings: [.linkedLibrary("gif")]),
        // Opens libheif when it is first needed: neither to build nor to run must it be there.
        .target(
            name: "CAkinHEIF", dependencies: ["CAkinDecoding"],
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        // Opens ONNX Runtime likewise, to run foreign networks.
        .target(name: "CAkinONNX", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        // And libpq, to speak with PostgreSQL.
        .target(name: "CAkinPostgreSQL", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .systemLibrary(
            name: "CAkinZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CAkinXXHash", pkgConfig: "libxxhash",
            providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),
        // libsvm has no pkg-config file.
        .target(name: "CAkinSVM", linkerSettings: [.linkedLibrary("svm")]),
        .target(name: "CAkinKernels"),
        .target(name: "CAkinClosures"),
        .target(name: "CAkinFiles"),

        // The house, from the ground up.
        module("AkinBasics", uses: ["CAkinZlib", "CAkinXXHash", "CAkinFiles"]),
        module("AkinTensors", uses: ["AkinBasics", "CAkinKernels", "CAkinClosures", "CAkinOpenBLAS"]),
        module(
            "AkinImages",
            uses: [
                "AkinBasics", "AkinTensors", "CAkinZlib", "CAkinDecoding", "CAkinJPEG", "CAkinPNG",
                "CAkinTIFF",
                "CAkinWebP", "CAkinOpenJPEG", "CAkinGIF", "CAkinHEIF",
            ]),
        module("AkinVectorSearch", uses: ["AkinBasics", "AkinTensors", "CAkinKernels"]),
        module("AkinDatasets", uses: ["AkinBasics", "AkinTensors", "AkinImages", "CAkinZlib", csv]),
        module("AkinStorage", uses: ["AkinBasics", "CAkinLMDB", "CAkinFiles"]),
        module(
            "AkinEmbedding",
            uses: ["AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets"]),
        module(
            "AkinNetworks",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding",
                "CAkinKernels",
            ]),
        module(
            "AkinDescriptors",
            uses: ["AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding"]),
        module(
            "AkinONNX",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding",
                "AkinNetworks", "CAkinONNX",
            ]),
        module(
            "AkinItems",
            uses: ["AkinBasics", "AkinTensors", "AkinVectorSearch", "AkinDatasets", "AkinEmbedding"]),
        module(
            "AkinTraining",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets",
                "AkinEmbedding",
                "AkinNetworks", "AkinDescriptors", yams,
            ]),
        module(
            "AkinIndexing",
            uses: [
                "AkinBasics", "AkinTensors", "AkinVectorSearch", "AkinDatasets", "AkinStorage",
                "AkinEmbedding", "AkinNetworks", "AkinDescriptors", "AkinONNX", "AkinItems",
            ]),
        module(
            "AkinPostgreSQL",
            uses: [
                "AkinBasics", "AkinTensors", "AkinVectorSearch", "AkinEmbedding", "AkinItems",
                "CAkinPostgreSQL",
            ]),
        module("AkinExchange", uses: ["AkinBasics", "AkinTensors", "AkinEmbedding", "AkinItems"]),
        module(
            "AkinClassification",
            uses: [
                "AkinBasics", "AkinTensors", "AkinVectorSearch", "AkinItems", "CAkinKernels", "CAkinSVM",
            ]),
        module(
            "AkinEvaluation",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets",
                "AkinEmbedding", "AkinNetworks", "AkinItems", "AkinTraining", "AkinClassification",
            ]),
        module(
            "AkinReporting",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets", "AkinItems",
                "AkinNetworks", "AkinTraining",
                "AkinClassification", "AkinEvaluation",
            ]),
        module(
            "AkinJobs",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets", "AkinStorage",
                "AkinEmbedding",
                "AkinNetworks", "AkinDescriptors", "AkinONNX", "AkinItems", "AkinTraining", "AkinIndexing",
                "AkinPostgreSQL", "AkinExchange", "AkinClassification", "AkinEvaluation", "AkinReporting",
                "CAkinFiles", "CAkinLMDB", "CAkinZlib", "CAkinXXHash", "CAkinSVM", "CAkinJPEG", "CAkinPNG",
                "CAkinTIFF", "CAkinWebP", "CAkinOpenJPEG", "CAkinGIF", "CAkinHEIF",
            ]),
        module(
            "Akin",
            uses: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets",
                "AkinStorage", "AkinEmbedding", "AkinNetworks", "AkinDescriptors", "AkinONNX", "AkinItems",
                "AkinTraining",
                "AkinIndexing", "AkinPostgreSQL", "AkinExchange", "AkinClassification", "AkinEvaluation",
                "AkinReporting", "AkinJobs",
            ]),
        .executableTarget(
            name: "AkinCommands",
            dependencies: ["AkinBasics", "Akin", "CAkinFiles", arguments],
            swiftSettings: settings),
        // Writes the pictures that Tools/demo-training works on.
        .executableTarget(
            name: "DemoPictures", dependencies: ["Akin"], path: "Tools/DemoPictures", swiftSettings: settings),
        // Makes man pages of the help texts.
        .executableTarget(name: "ManualPages", path: "Tools/ManualPages", swiftSettings: settings),

        // Stands before the C library's allocator in the tests.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .target(
            name: "TestSupport",
            dependencies: [
                "AkinBasics", "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding",
                "AkinNetworks", "AkinONNX",
                "CAllocationCounter",
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings),
        // Of the house as a whole: the order of its modules, the length of its files and functions.
        .testTarget(name: "HouseTests", swiftSettings: settings),
        tests(of: "CAkinKernels", uses: ["AkinTensors"]),
        tests(of: "AkinTensors"),
        tests(of: "AkinImages", uses: ["CAkinHEIF", "CAkinZlib"]),
        tests(of: "AkinVectorSearch", uses: ["AkinTensors"]),
        tests(of: "AkinDatasets", uses: ["AkinImages"]),
        tests(of: "AkinStorage", uses: ["AkinTensors"]),
        tests(of: "AkinEmbedding", uses: ["AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets"]),
        tests(of: "AkinNetworks", uses: ["AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding"]),
        tests(
            of: "AkinDescriptors",
            uses: ["AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding"]),
        tests(
            of: "AkinONNX",
            uses: ["AkinTensors", "AkinImages", "AkinVectorSearch", "AkinEmbedding", "AkinNetworks"]),
        tests(
            of: "AkinTraining",
            uses: [
                "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets", "AkinEmbedding",
                "AkinNetworks",
            ]),
        tests(
            of: "AkinIndexing",
            uses: [
                "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinDatasets", "AkinStorage",
                "AkinEmbedding", "AkinNetworks", "AkinItems", "AkinExchange",
            ]),
        tests(of: "AkinPostgreSQL", uses: ["Akin"]),
        tests(
            of: "AkinClassification",
            uses: [
                "AkinTensors", "AkinImages", "AkinVectorSearch", "AkinNetworks", "AkinIndexing", "AkinItems",
                "CAkinSVM",
            ]),
        tests(of: "AkinEvaluation", uses: ["Akin"]),
        tests(of: "AkinReporting", uses: ["Akin"]),
        tests(of: "AkinJobs", uses: ["Akin"]),
        tests(of: "AkinCommands", uses: ["Akin"]),
    ]
)
