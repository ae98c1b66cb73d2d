import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// Where a gallery can live. What holds of galleries is tested on all of them.
enum GalleryHome: String, CaseIterable, CustomTestStringConvertible {
    case memory, folder, postgreSQL

    /// Without a server, two.
    static let available = allCases.filter { $0 != .postgreSQL || DatabaseServer.shared != nil }

    var testDescription: String { rawValue }

    /// An empty one; it goes with what holds it.
    func make(
        _ metric: Metric.Kind = .l2, dimension: Int = 6, backbone: BackboneIdentity = .init(named: "drawn")
    ) throws -> TemporaryGallery {
        let folder = try TemporaryFolder()
        let gallery: any Gallery =
            switch self {
            case .memory:
                try MemoryGallery(
                    dimension: dimension, metric: try #require(Metric(metric)), backbone: backbone)
            case .folder:
                try EmbeddingIndex.create(
                    at: folder.path + "/index", dimension: dimension, metric: metric, backbone: backbone)
            case .postgreSQL:
                try PostgreSQLGallery.create(
                    at: try .new(), dimension: dimension, metric: metric, backbone: backbone)
            }
        return TemporaryGallery(gallery: gallery, folder: folder)
    }
}

struct TemporaryGallery {
    let gallery: any Gallery
    let folder: TemporaryFolder
}

extension PostgreSQLAddress {
    /// Of an index that is not there yet.
    static func new(database: String = DatabaseServer.user, user: String = DatabaseServer.user) throws -> Self
    {
        let server = try #require(DatabaseServer.shared)
        return try PostgreSQLAddress(
            server.address("test-\(UUID().uuidString)", database: database, user: user))
    }
}

extension Sequence<Item> {
    /// As they would be if added at another time.
    var timeless: [Item] {
        map { item in
            var item = item
            item.time = nil
            return item
        }
    }
}

/// Small whole numbers: many are equally far away.
func drawnVectors(_ rows: Int, _ columns: Int, using generator: inout SeededGenerator) -> Matrix {
    Matrix(
        rows: rows, columns: columns,
        trusted: (0..<rows * columns).map { _ in Float(Int.random(in: -2...2, using: &generator)) })
}

/// Texts that are hard on databases.
let hardTexts = [
    "a", "b", "ä", "'); drop table items; --", "\\'\"%_$1", "日本語", "🜚\u{200D}é", "a\nb\tc", "\\x00", "{}",
    "NULL",
    String(repeating: "x", count: 510),
]
