// training-speed BACKBONE SECONDS: images a second of training steps and of embedding, a JSON object a line.
// Tools/peers/training_speed.py calls it beside PyTorch.
import Akin

/// Layers, height, width, channels, batch: the thesis' backbones (sections 5.1.1.1 to 5.1.1.3).
func thesisBackbone(_ name: String) -> (
    layers: String, height: Int, width: Int, channels: String, batch: Int
)? {
    let mnist = """
          - conv2d: {filters: 32, kernel: 3, activation: relu}
          - conv2d: {filters: 64, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.25
        """
    let fashion = """
          - conv2d: {filters: 64, kernel: 2, padding: same, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.3
          - conv2d: {filters: 32, kernel: 2, padding: same, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.3
        """
    let cifar = """
          - conv2d: {filters: 32, kernel: 3, padding: same, activation: relu}
          - conv2d: {filters: 32, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.25
          - conv2d: {filters: 64, kernel: 3, padding: same, activation: relu}
          - conv2d: {filters: 64, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - dropout: 0.25
        """
    func ending(_ units: Int) -> String {
        "\n  - flatten\n  - dense: {units: \(units), activation: sigmoid}\n"
    }
    return switch name {
    case "mnist": (mnist + ending(512), 28, 28, "grey", 256)
    case "fashion-mnist": (fashion + ending(512), 28, 28, "grey", 256)
    case "cifar10": (cifar + ending(512), 32, 32, "rgb", 256)
    case "cifar10-200": (cifar + ending(256), 200, 200, "grey", 32)
    default: nil
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 3, let seconds = Double(arguments[2]), let backbone = thesisBackbone(arguments[1])
else {
    fatalError("usage: training-speed mnist|fashion-mnist|cifar10|cifar10-200 SECONDS")
}
let recipe = try Recipe(
    text: """
        name: \(arguments[1])
        data: {folder: none}
        preprocessing: {size: [\(backbone.height), \(backbone.width)], channels: \(backbone.channels)}
        backbone:
        \(backbone.layers)
        training: {batch: \(backbone.batch), epochs: 1000000}
        """, path: "the benchmark")
var generator = SeededGenerator(seed: 1)
let inputs = (0..<backbone.batch * recipe.preprocessing.inputCount).map { _ in generator.uniform() }
let data = PreparedImages(
    inputs: inputs, labels: (0..<backbone.batch).map { "\($0 % 10)" }, preprocessing: recipe.preprocessing)
let clock = ContinuousClock()

func report(_ mode: String, _ body: () throws -> Void) rethrows {
    let warmUp = clock.now
    while warmUp.duration(to: clock.now) < .seconds(seconds / 10) { try body() }
    let start = clock.now
    var steps = 0
    while start.duration(to: clock.now) < .seconds(seconds) {
        try body()
        steps += 1
    }
    let rate = Double(steps * backbone.batch) / (start.duration(to: clock.now) / .seconds(1))
    print(#"{"backbone": "\#(arguments[1])", "mode": "\#(mode)", "images_per_second": \#(rate)}"#)
}

// An epoch is one batch: the loop of `run` itself is measured, its choice of pairs and its copying included.
let trainer = try Trainer(recipe, data: data)
try report("train") { try trainer.run { _ in false } }
let embedder = Embedder(trainer.checkpoint, batch: backbone.batch)
report("embed") { _ = embedder.embeddings(of: inputs, count: backbone.batch) }
