import AkinImages
import AkinNetworks
import AkinTensors
import Foundation
import TestSupport
import Testing

/// The built `akin`, which lies beside the test bundle.
enum AkinProgram {
    static let url: URL = {
        let bundle =
            Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
            ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return bundle.deletingLastPathComponent().appendingPathComponent("akin")
    }()

    /// Runs it to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, environment: environment)
    }

    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try start(arguments, environment: environment).wait()
    }

    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Subprocess {
        // The width of help texts must not depend on where the tests run.
        try Subprocess(url, arguments, environment: ["COLUMNS": "100"].merging(environment) { $1 })
    }
}

extension Outcome {
    /// The JSON document that was printed.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    /// The JSON documents that were printed, one a line.
    func jsonLines() throws -> [[String: Any]] {
        try output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// That it failed as failures have to look: code 1, nothing printed, one line that begins like this.
    func expectFailure(_ beginning: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(code == 1, sourceLocation: sourceLocation)
        #expect(output == "", sourceLocation: sourceLocation)
        #expect(errors.hasPrefix("akin: error: " + beginning), "\(errors)", sourceLocation: sourceLocation)
        #expect(errors.split(separator: "\n").count == 1, "\(errors)", sourceLocation: sourceLocation)
    }

    /// That it was refused as wrong usage, with a hint at the help.
    func expectWrongUsage(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(code == 64, sourceLocation: sourceLocation)
        #expect(output == "", sourceLocation: sourceLocation)
        #expect(
            errors.hasPrefix("akin: error: ") && errors.contains(text) && errors.contains("--help"),
            "\(errors)",
            sourceLocation: sourceLocation)
    }
}

/// A folder with a backbone that nobody trained, and pictures that even such a one tells apart.
struct Workshop {
    let folder: TemporaryFolder
    var backbone: String { folder.path + "/small.safetensors" }
    var index: String { folder.path + "/index" }
    var pictures: String { folder.path + "/pictures" }

    init() throws {
        folder = try TemporaryFolder()
        try Self.checkpoint().write(to: backbone)
    }

    static func checkpoint(seed: UInt64 = 1) throws -> Checkpoint {
        let preprocessing = Preprocessing(height: 12, width: 12, placement: .stretch)
        let network = try Network(
            [
                .conv2d(
                    filters: 4, kernel: .init(height: 3, width: 3), stride: .init(height: 1, width: 1),
                    padding: .valid, activation: .relu),
                .maxPooling2d(window: 2, stride: 2), .flatten, .dense(units: 8, activation: .sigmoid),
            ], input: Shape(preprocessing))
        network.initialize(seed: seed)
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "small", seed: seed, epochs: 0, data: "none", labels: []))
    }

    /// Picture `number` of a class: bright where others are dark, with some noise.
    static func picture(of label: String, _ number: Int, side: Int = 20) -> Image {
        let kind = Int(label.utf8.first!) % 4
        var generator = SeededGenerator(seed: UInt64(label.utf8.first!), UInt64(number))
        var pixels: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let isBright = (x * 2 / side) + 2 * (y * 2 / side) == kind
                pixels.append(UInt8((isBright ? 200 : 30) + Int.random(in: 0...25, using: &generator)))
            }
        }
        return Image(width: side, height: side, channels: 1, pixels: pixels)
    }

    /// Writes PNG files `pictures/LABEL/NUMBER.png`.
    func draw(_ label: String, _ numbers: Range<Int>, side: Int = 20) throws {
        for number in numbers {
            try folder.write(
                "pictures/\(label)/\(number).png", Self.picture(of: label, number, side: side).encodedAsPNG())
        }
    }

    /// An index of the pictures drawn so far.
    func makeIndex() throws {
        let created = try AkinProgram.run("index", "create", index, "--backbone", backbone)
        #expect(created.code == 0, "\(created.errors)")
        let added = try AkinProgram.run("index", "add", index, pictures)
        #expect(added.code == 0, "\(added.errors)")
    }
}
