import Akin

/// What is measured: a backbone with its loss, and what it is fed.
struct Backbone {
    let name: String
    /// The recipe's layers.
    let layers: String
    var height = 28
    var width = 28
    var channels = "grey"
    var batch = 256
    /// Of the pair siamese with classification.
    var training = "loss: contrastive\n  classification: 0.125"

    static let all = [
        Backbone(name: "mnist", layers: mnist + sigmoid(512)),
        Backbone(name: "fashion-mnist", layers: fashion + sigmoid(512)),
        Backbone(name: "cifar10", layers: cifar + sigmoid(512), height: 32, width: 32, channels: "rgb"),
        Backbone(name: "conv4", layers: conv4),
        Backbone(
            name: "koch", layers: koch + sigmoid(4096), height: 105, width: 105, batch: 32,
            training: "loss: binary-cross-entropy"),
        Backbone(name: "cifar10-200", layers: cifar + sigmoid(256), height: 200, width: 200, batch: 32),
    ]

    // Sections 5.1.1.1 to 5.1.1.3 of the thesis.
    private static let mnist = """
          - conv2d: {filters: 32, kernel: 3, activation: relu}
          - conv2d: {filters: 64, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.25
        """
    private static let fashion = """
          - conv2d: {filters: 64, kernel: 2, padding: same, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.3
          - conv2d: {filters: 32, kernel: 2, padding: same, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.3
        """
    private static let cifar = """
          - conv2d: {filters: 32, kernel: 3, padding: same, activation: relu}
          - conv2d: {filters: 32, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.25
          - conv2d: {filters: 64, kernel: 3, padding: same, activation: relu}
          - conv2d: {filters: 64, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.25
        """
    /// Snell et al. 2017.
    private static let conv4 =
        Array(
            repeating: """
                  - conv2d: {filters: 64, kernel: 3, padding: same}
                  - batch-normalization
                  - relu
                  - max-pooling2d: 2

                """, count: 4
        ).joined() + "  - flatten"
    /// Koch et al. 2015.
    private static let koch = """
          - conv2d: {filters: 64, kernel: 10, activation: relu}
          - max-pooling2d: 2
          - conv2d: {filters: 128, kernel: 7, activation: relu}
          - max-pooling2d: 2
          - conv2d: {filters: 128, kernel: 4, activation: relu}
          - max-pooling2d: 2
          - conv2d: {filters: 256, kernel: 4, activation: relu}
        """

    private static func sigmoid(_ units: Int) -> String {
        "\n  - flatten\n  - dense: {units: \(units), activation: sigmoid}"
    }

    /// Its recipe. An epoch never ends.
    var recipe: Recipe {
        get throws {
            try Recipe(
                text: """
                    name: \(name)
                    data: {folder: none}
                    preprocessing: {size: [\(height), \(width)], channels: \(channels)}
                    backbone:
                    \(layers)
                    training:
                      \(training)
                      batch: \(batch)
                      steps-per-epoch: 1000000
                      epochs: 1
                    """, path: "the benchmark")
        }
    }
}
