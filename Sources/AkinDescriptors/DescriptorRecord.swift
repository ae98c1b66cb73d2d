import AkinBasics
import AkinEmbedding
import AkinImages
import Foundation

/// What is kept of a descriptor: all that its embeddings depend on.
struct DescriptorRecord: Codable {
    /// Of this record; it changes when a descriptor is computed in another way too.
    private var format = newestFormat
    /// How a picture becomes its input.
    let preprocessing: Preprocessing

    private static let newestFormat = 1

    init(_ preprocessing: Preprocessing) { self.preprocessing = preprocessing }

    init(_ bytes: [UInt8], kind: String) throws(DescriptorError) {
        do { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) } catch {
            throw .unreadable(kind: kind)
        }
        guard format <= Self.newestFormat else {
            throw .newerFormat(kind: kind, found: format, known: Self.newestFormat)
        }
    }

    /// JSON with sorted keys: the same for the same descriptor, always.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers can be written.
        return try! Array(encoder.encode(self))
    }
}

extension BackboneIdentity {
    /// Of a descriptor.
    init(
        descriptor name: String, _ format: String, _ bytes: [UInt8], _ channels: Preprocessing.Channels
    ) {
        self.init(
            name: channels == .rgb ? name : name + "-grey",
            hash: ContentHash(of: Array("\(format) ".utf8) + bytes))
    }
}

extension Preprocessing {
    /// Whether both sides have at least so many pixels, and not so many that their product could be anything.
    func isUsable(from least: Int) -> Bool { [height, width].allSatisfy { least...4096 ~= $0 } }
}
