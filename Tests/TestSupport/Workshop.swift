import AkinBasics
import AkinImages
import AkinNetworks
import AkinTensors

/// A folder with a backbone that nobody trained, and pictures that even such a one tells apart.
package struct Workshop {
    package let folder: TemporaryFolder
    package var backbone: String { folder.path + "/small.safetensors" }
    package var index: String { folder.path + "/index" }
    package var pictures: String { folder.path + "/pictures" }

    package init() throws {
        folder = try TemporaryFolder()
        try Self.checkpoint().write(to: OutputFile(backbone, replacing: true))
    }

    package static func checkpoint(seed: UInt64 = 1, details: Checkpoint.Details? = nil) throws -> Checkpoint
    {
        let preprocessing = Preprocessing(trusted: 12, width: 12, placement: .stretch)
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
            details: details ?? .init(name: "small", seed: seed, epochs: 0, data: "none", labels: []))
    }

    /// Picture `number` of a class: bright where others are dark, with some noise.
    package static func picture(of label: String, _ number: Int, side: Int = 20) -> Image {
        let kind = Int(label.utf8.first!) % 4
        var generator = SeededGenerator(seed: UInt64(label.utf8.first!), UInt64(number))
        var pixels: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let isBright = (x * 2 / side) + 2 * (y * 2 / side) == kind
                pixels.append(UInt8((isBright ? 200 : 30) + Int.random(in: 0...25, using: &generator)))
            }
        }
        return Image(width: side, height: side, channels: 1, trusted: pixels)
    }

    /// Writes PNG files `pictures/LABEL/NUMBER.png`.
    package func draw(_ label: String, _ numbers: Range<Int>, side: Int = 20) throws {
        for number in numbers {
            try folder.write(
                "pictures/\(label)/\(number).png", Self.picture(of: label, number, side: side).encodedAsPNG())
        }
    }
}
