import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// Every home finds the same neighbours in the same order.
@Suite struct NeighboursTests {
    /// Random vectors; each appears in other places too, some scaled, some but a last digit away, and one is of length 0.
    private func vectors(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        var matrix = Matrix(
            rows: rows, columns: columns,
            trusted: (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &generator) })
        for row in 0..<rows / 2 {
            let other = Int.random(in: 0..<rows, using: &generator)
            switch row % 4 {
            case 0: matrix[row] = matrix[other]
            case 1: matrix[row] = matrix[other].map { $0 * 3 }[...]
            case 2: matrix[row] = matrix[other].map { $0.nextUp }[...]
            default: matrix[row] = matrix[other].map { -$0 }[...]
            }
        }
        matrix[rows - 1] = [Float](repeating: 0, count: columns)[...]
        return matrix
    }

    private func fill(_ gallery: some Gallery, _ vectors: Matrix) throws {
        try gallery.write("filled") { writer throws in
            let items = (0..<vectors.rows).map {
                NewItem(
                    label: "\($0 % 5)", source: Source("/\($0)"), group: $0 % 7 == 0 ? nil : "group \($0 % 7)"
                )
            }
            _ = try writer.add(items, embeddings: vectors, backbone: gallery.backbone)
        }
    }

    @Test(
        .enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)"),
        arguments: Metric.Kind.allCases.filter { $0 != .learnedL1 }, [3, 40, 784])
    func theSameNeighboursInTheSameOrder(metric: Metric.Kind, dimension: Int) throws {
        let all = vectors(700, dimension, seed: UInt64(dimension))
        let homes = try GalleryHome.allCases.map { try $0.make(metric, dimension: dimension) }
        for home in homes { try fill(home.gallery, all) }
        var queries = vectors(24, dimension, seed: 99)
        for row in 0..<8 { queries[row] = all[row * 31] }
        let exclusions = (0..<24).map {
            Exclusion(ids: Set((0..<UInt64($0)).map { $0 * 3 }), group: $0 % 3 == 0 ? "group \($0 % 7)" : nil)
        }
        let filters = [
            ItemFilter(), ItemFilter(labels: ["1", "3", "none"]), ItemFilter(groups: ["group 2", ""]),
            ItemFilter(labels: ["2"], groups: ["group 1", "group 2"], ids: Set(50...600)),
            ItemFilter(labels: []),
        ]
        func answers(_ gallery: some Gallery, _ k: Int, _ excluding: [Exclusion], _ filter: ItemFilter) throws
            -> [[Neighbour]]
        {
            try gallery.read { try $0.neighbours(of: queries, k: k, excluding: excluding, filter: filter) }
        }
        for k in [1, 10, 800] {
            for (excluding, filter) in [([], filters[0])] + filters.map({ (exclusions, $0) }) {
                let found = try homes.map { try answers($0.gallery, k, excluding, filter) }
                #expect(found[1] == found[0], "a folder, k \(k), \(filter)")
                #expect(found[2] == found[0], "PostgreSQL, k \(k), \(filter)")
            }
        }
    }

    /// Where the server's sums lose what Akin's do not.
    @Test(
        .enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)"),
        arguments: Metric.Kind.allCases.filter { $0 != .learnedL1 }, [1e-24, 1e-18, 1e12, 1e17] as [Float])
    func veryShortAndVeryLongVectors(metric: Metric.Kind, scale: Float) throws {
        var all = vectors(200, 8, seed: 5)
        for row in 0..<150 { all[row] = all[row].map { $0 * scale }[...] }
        let homes = try GalleryHome.allCases.map { try $0.make(metric, dimension: 8) }
        for home in homes { try fill(home.gallery, all) }
        func answers(_ gallery: some Gallery) throws -> [[Neighbour]] {
            try gallery.read { try $0.neighbours(of: all, k: 9) }
        }
        let expected = try answers(homes[0].gallery)
        #expect(try answers(homes[1].gallery) == expected)
        #expect(try answers(homes[2].gallery) == expected)
    }

    /// What the server cannot measure is fetched; the weights come with the backbone.
    @Test(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) func aLearnedMetric() throws
    {
        let preprocessing = Preprocessing(trusted: 4, width: 4)
        let network = try Network(
            [.flatten, .dense(units: 6, activation: .sigmoid)], input: Shape(preprocessing))
        network.initialize(seed: 1)
        let backbone = Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "learned", seed: 1, epochs: 0, data: "none", labels: []),
            head: [
                .init(name: "similarity.weight", shape: [6, 1], values: [1, -2, 0.5, 1, 3, -0.25]),
                .init(name: "similarity.bias", shape: [1], values: [0.75]),
            ])
        let folder = try TemporaryFolder()
        let index = try EmbeddingIndex.create(at: folder.path + "/i", backbone: backbone, metric: .learnedL1)
        let address = try PostgreSQLAddress.new()
        let made = try PostgreSQLGallery.create(
            at: address, backbone: backbone, metric: .learnedL1, backbones: .standard)
        let all = vectors(300, 6, seed: 8)
        try fill(index, all)
        try fill(made, all)
        let gallery = try PostgreSQLGallery(opening: address, backbones: .standard)
        #expect(gallery.metric == index.metric)
        let excluding = (0..<300).map { Exclusion(ids: [UInt64($0 + 1)], group: "group 1") }
        let filter = ItemFilter(labels: ["1", "2"])
        let expected = try index.neighbours(of: all, k: 7, excluding: excluding, filter: filter)
        let found = try gallery.read {
            try $0.neighbours(of: all, k: 7, excluding: excluding, filter: filter)
        }
        #expect(found == expected)
    }

    @Test(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) func theBackboneLivesThere()
        throws
    {
        let backbone = try Workshop.checkpoint()
        let address = try PostgreSQLAddress.new()
        _ = try PostgreSQLGallery.create(at: address, backbone: backbone, backbones: .standard)
        let gallery = try PostgreSQLGallery(opening: address, backbones: .standard)
        #expect(gallery.backbone == backbone.identity)
        #expect(try gallery.storedBackbone.bytes == backbone.bytes)
        // Another index of the same backbone shares it.
        _ = try PostgreSQLGallery.create(at: try .new(), backbone: backbone, backbones: .standard)
        let named = try PostgreSQLGallery.create(at: try .new(), dimension: 2, backbone: .init(named: "x"))
        #expect(throws: PostgreSQLError.noBackbone(named.address, name: "x")) { try named.storedBackbone }
    }
}
