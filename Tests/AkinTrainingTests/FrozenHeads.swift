import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import AkinTraining
import TestSupport

/// Layers that are trained above a frozen network, on `DrawnSymbols`.
struct FrozenHeads {
    let frozen: Recipe.Frozen
    let symbols: DrawnSymbols

    init(_ count: Int, seed: UInt64, views: Int = 3) throws {
        var details = Checkpoint.Details(name: "small", seed: 1, epochs: 0, data: "none", labels: [])
        (details.licence, details.source) = ("MIT", "here")
        frozen = .init(try Workshop.checkpoint(details: details), views: views)
        symbols = DrawnSymbols(count, seed: seed)
    }

    /// With everything that a training can hold on to: dropout, and the statistics of batch normalisation.
    static let layers: [LayerSpecification] = [
        .batchNormalization(), .dense(units: 12, activation: .relu), .dropout(rate: 0.2), .dense(units: 6),
    ]

    static let augmentation: Augmentation = {
        var augmentation = Augmentation()
        (augmentation.rotation, augmentation.shift, augmentation.noise) = (20, 0.1, 0.05)
        augmentation.elastic = 1
        return augmentation
    }()

    func recipe(_ training: Recipe.Training) -> Recipe {
        Recipe(name: "head", frozen: frozen, layers: Self.layers, training: training)
    }

    var images: PreparedImages {
        PreparedImages(
            trusted: symbols.inputs, labels: symbols.labels,
            preprocessing: frozen.checkpoint.preprocessing)
    }

    /// The vectors of the pictures, as a program would make them that knows nothing of frozen parts.
    var vectors: [Float] {
        symbols.inputs.withUnsafeBufferPointer {
            Embedder(frozen.checkpoint).embeddings(of: $0, count: symbols.labels.count).values
        }
    }
}
