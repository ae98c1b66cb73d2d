import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// Every kind of change, where the disk is full, a limit on the size of files is reached, or nothing may be written: an
/// error says so, and the index is as it was.
@Suite struct ObstacleTests {
    enum Obstacle: String, CaseIterable, Codable {
        case fullDisk, sizeLimit, readOnly

        /// What the error says.
        var words: [String] {
            switch self {
            case .fullDisk: ["No space left on device", "space", "room"]
            case .sizeLimit: ["File too large", "raise the limit on file sizes"]
            case .readOnly: ["Permission denied", "open for reading only", "permission to write"]
            }
        }
    }

    enum Operation: String, CaseIterable, Codable {
        case addPictures, sync, addVectors, importFile, remove, relabel, write, undo, keepHistory
        case build, drop, compact, rebuild, export, repair
    }

    @Test(
        .enabled(if: SmallDisk.available, "\(SmallDisk.advice)"),
        arguments: Obstacle.allCases, Operation.allCases)
    func anObstacleIsToldOfAndChangesNothing(obstacle: Obstacle, operation: Operation) async throws {
        let disk = try SmallDisk(megabytes: 8)
        defer { extendLifetime(disk) }
        let pictures = try PictureFolder(300)
        let prepared = try Prepared(disk.path, pictures: pictures.path, for: operation)
        let before = try State(prepared.path)
        await #expect(processExitsWith: .success) {
            [
                folder = disk.path as String, pictures = pictures.path as String,
                obstacle = obstacle as Obstacle, operation = operation as Operation,
            ] in
            // The default is to be killed.
            signal(SIGXFSZ, SIG_IGN)
            let prepared = Prepared(folder, pictures: pictures)
            let path = prepared.path
            if obstacle == .fullDisk { SmallDisk.fill(folder) }
            if obstacle == .sizeLimit {
                let attributes = try FileManager.default.attributesOfItem(atPath: path + "/data.mdb")
                let size = try #require(attributes[.size] as? Int)
                // Within the files that some write beside it; else so that a write comes to its end half-way.
                let isBeside = [.compact, .export, .rebuild].contains(operation)
                let most = rlim_t(isBeside ? 8192 : size + 4096)
                var limit = rlimit(rlim_cur: most, rlim_max: most)
                try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
            }
            if obstacle == .readOnly {
                try #require(setuid(65534) == 0)
                let error = #expect(throws: IndexError.self) { try EmbeddingIndex(opening: path) }
                #expect("\(error!)".contains("Permission denied"), "\(error!)")
            }
            let index = try EmbeddingIndex(opening: path, readOnly: obstacle == .readOnly)
            do {
                try prepared.perform(operation, on: index)
                Issue.record("\(operation) was done")
            } catch  where error is IndexError || error is ExchangeError {
                #expect(obstacle.words.contains { "\(error)".contains($0) }, "\(operation): \(error)")
            }
        }
        if obstacle == .fullDisk { try disk.empty() }
        #expect(try State(prepared.path) == before)
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: disk.path)) == ["index", "items.jsonl"])
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: prepared.path)) == [
                "data.mdb", "lock.mdb",
            ])
        // It can be done as soon as nothing is in the way.
        try prepared.perform(operation, on: EmbeddingIndex(opening: prepared.path))
        #expect(try EmbeddingIndex(opening: prepared.path).faults() == [])
    }

    /// What must not change.
    private struct State: Equatable {
        let items: [Item]
        let embeddings: Matrix
        let changes: [Change]
        let limit: Int
        let graph: GraphStats?
        let backbone: BackboneIdentity
        let faults: [String]

        init(_ path: String) throws {
            let index = try EmbeddingIndex(opening: path)
            (items, embeddings) = try index.labelled()
            changes = try index.history()
            limit = try index.historyLimit
            graph = try index.stats().graph
            backbone = index.backbone
            faults = try index.faults()
        }
    }
}

/// An index of some pictures with a graph and a history, its file without a page to spare.
private struct Prepared {
    let folder: String
    let pictures: String
    var path: String { folder + "/index" }
    private var files: ExchangeFiles { get throws { try ExchangeFiles([folder + "/items.jsonl"]) } }

    init(_ folder: String, pictures: String) {
        self.folder = folder
        self.pictures = pictures
    }

    /// Makes it; for a repair, with something to be repaired.
    init(_ folder: String, pictures: String, for operation: ObstacleTests.Operation) throws {
        self.init(folder, pictures: pictures)
        // To the top folder of a file system in memory all may write.
        chmod(folder, 0o755)
        let index = try EmbeddingIndex.create(at: path, backbone: checkpoint())
        let dataset = try Dataset(folder: pictures)
        try index.add(dataset, embedder: Embedder(index.storedBackbone))
        try index.export(to: files)
        try index.remove(ids: Array(1...50))
        try index.relabel("class 1", to: "mine")
        try index.buildGraph(GraphOptions(links: 4, candidates: 20))
        if operation == .repair {
            let environment = try Environment(at: path)
            let sources: Table<String, [UInt8]> = try #require(try environment.table("sources"))
            try environment.write { transaction in
                let source = try #require(try index.items().first?.source.path)
                try #require(try sources.remove(source, in: transaction))
            }
        }
        try index.compact()
    }

    func perform(_ operation: ObstacleTests.Operation, on index: EmbeddingIndex) throws {
        switch operation {
        case .addPictures:
            try index.add(Dataset(folder: pictures), embedder: Embedder(index.storedBackbone))
        case .sync: try index.sync(pictures, embedder: Embedder(index.storedBackbone))
        case .addVectors:
            var generator = SeededGenerator(seed: 1)
            try index.add(
                (0..<5000).map { NewItem(label: "more", source: "/more/\($0)") },
                embeddings: drawnEmbeddings(5000, index.dimension, using: &generator),
                backbone: index.backbone)
        case .importFile: try index.importItems(from: files)
        case .remove: try index.remove(ids: [51, 60, 300])
        case .relabel: try index.relabel("mine", to: "yours")
        case .write:
            try index.write("two things") { change in
                try change.remove(ids: [77])
                try change.relabel("mine", to: "yours")
            }
        case .undo: try index.undo()
        case .keepHistory: try index.setHistoryLimit(1)
        case .build: try index.buildGraph()
        case .drop: try index.dropGraph()
        case .compact: try index.compact()
        case .rebuild: try index.rebuild(with: Embedder(RebuildTests.other()))
        case .export: try index.export(to: files, overwriting: true)
        case .repair: _ = try index.verify(repairing: true)
        }
    }
}
