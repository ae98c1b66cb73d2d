import AkinImages
import AkinTensors
import AkinTraining

/// Small pictures of four symbols, bright on dark, shifted and with noise: a set that is easy to learn.
struct DrawnSymbols {
    static let labels = ["bar", "diagonal", "ring", "stroke"]
    static let preprocessing = Preprocessing(trusted: 12, width: 12)

    var inputs: [Float] = []
    var labels: [String] = []

    /// `count` pictures of each of the first `classes` symbols, class after class.
    init(_ count: Int, ofEachOf classes: Int = 4, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for kind in 0..<classes {
            for _ in 0..<count {
                inputs += Self.picture(of: kind, using: &generator)
                labels.append(Self.labels[kind])
            }
        }
    }

    var images: PreparedImages {
        PreparedImages(trusted: inputs, labels: labels, preprocessing: Self.preprocessing)
    }

    /// With a group of three classes and one of a class alone.
    var grouped: PreparedImages {
        PreparedImages(
            trusted: inputs, labels: labels.map { ($0 == "ring" ? "round/" : "straight/") + $0 },
            preprocessing: Self.preprocessing)
    }

    private static func picture(of kind: Int, using generator: inout SeededGenerator) -> [Float] {
        let down = Int.random(in: -1...1, using: &generator)
        let right = Int.random(in: -1...1, using: &generator)
        var picture: [Float] = []
        for row in 0..<12 {
            for column in 0..<12 {
                let (y, x) = (row - 6 - down, column - 6 - right)
                let isInk =
                    switch kind {
                    case 0: abs(y) <= 1 && abs(x) <= 4
                    case 1: abs(x - y) <= 1 && abs(x) <= 4
                    case 2: 5...17 ~= x * x + y * y
                    default: abs(x) <= 1 && abs(y) <= 4
                    }
                picture.append((isInk ? 0.8 : 0.1) + 0.1 * generator.uniform())
            }
        }
        return picture
    }
}

extension Recipe {
    /// A recipe for `DrawnSymbols` that trains in a moment. `training` are lines of its group of that name.
    static func small(
        training: String = "", backbone: String? = nil, path: String = "drawn/recipe.yaml"
    ) throws -> Recipe {
        let backbone =
            backbone ?? """
                  - conv2d: {filters: 8, kernel: 3, activation: relu}
                  - max-pooling2d: 2
                  - dropout: 0.1
                  - flatten
                  - dense: {units: 16, activation: sigmoid}
                """
        return try Recipe(
            text: """
                data: {folder: pictures}
                preprocessing: {size: 12}
                backbone:
                \(backbone)
                training: {\(training)}
                """, path: path)
    }
}
