import AkinEmbedding
import AkinExchange
import AkinImages
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import TestSupport

/// Small backbones for tests that do not care which; `seed` tells one from another. With `learned`, a similarity was
/// learned with it.
func checkpoint(seed: UInt64 = 1, learned: [Float]? = nil) throws -> Checkpoint {
    let preprocessing = Preprocessing(trusted: 28, width: 28)
    let network = try Network(
        [.flatten, .dense(units: 16, activation: .sigmoid)], input: Shape(preprocessing))
    network.initialize(seed: seed)
    return Checkpoint(
        network, preprocessing: preprocessing,
        details: .init(name: "small", seed: seed, epochs: 0, data: "none", labels: []),
        head: learned.map {
            [
                .init(name: "similarity.weight", shape: [16, 1], values: Array($0.dropLast())),
                .init(name: "similarity.bias", shape: [1], values: [$0[16]]),
            ]
        } ?? [])
}

/// Weights of both signs, and a bias.
let learnedSimilarity = (0..<16).map { Float($0 % 5) * 0.5 - 1.5 } + [0.75]

/// An index in a folder of its own.
struct TemporaryIndex {
    let folder: TemporaryFolder
    let index: EmbeddingIndex
    var path: String { index.path }

    init(_ metric: Metric.Kind = .l2) throws {
        folder = try TemporaryFolder()
        let backbone = try checkpoint(learned: metric == .learnedL1 ? learnedSimilarity : nil)
        index = try EmbeddingIndex.create(at: folder.path + "/index", backbone: backbone, metric: metric)
    }

    var backbone: BackboneIdentity { index.backbone }

    /// Adds items with drawn embeddings; their sources are "/s/0", "/s/1" and so on.
    func fill(_ count: Int, labels: [String] = ["a", "b", "c"], seed: UInt64 = 1) throws -> Matrix {
        var generator = SeededGenerator(seed: seed)
        let embeddings = drawnEmbeddings(count, index.dimension, using: &generator)
        let items = (0..<count).map { NewItem(label: labels[$0 % labels.count], source: "/s/\($0)") }
        try index.add(items, embeddings: embeddings, backbone: backbone)
        return embeddings
    }
}

extension [Item] {
    /// As they would be if added at another time.
    var timeless: [Item] {
        map { item in
            var item = item
            item.time = nil
            return item
        }
    }
}

func drawnEmbeddings(_ rows: Int, _ columns: Int, using generator: inout SeededGenerator) -> Matrix {
    Matrix(rows: rows, columns: columns, trusted: (0..<rows * columns).map { _ in generator.uniform() })
}

/// An index of files, with the backbone that they or the options name.
func makeIndex(
    at path: String, importing files: ExchangeFiles, metric: Metric.Kind = .l2,
    options: ImportOptions = ImportOptions()
) throws -> (index: EmbeddingIndex, report: ImportReport) {
    var options = options
    options.isSameBackbone = true
    let source = try ImportSource(files, options)
    try source.check()
    let index = try EmbeddingIndex.create(
        at: path, dimension: source.dimension, metric: metric, backbone: source.backbone ?? .unnamed())
    return (index, try index.importItems(from: source))
}
