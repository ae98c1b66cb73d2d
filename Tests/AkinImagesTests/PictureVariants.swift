import AkinImages
import CAkinHEIF
import CAkinZlib
import Foundation
import TestSupport
import Testing

/// A small picture in one of the variants that `Tools/peers/picture_fixtures.py` writes, and what other programs read
/// in it.
struct PictureVariant: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let format: String
    let page: Int
    let width: Int
    let height: Int
    let channels: Int
    let bits: Int
    /// Where its samples begin in `expected.zlib`.
    private let start: Int
    /// How far a sample may be off.
    let tolerance: Int

    var testDescription: String { page == 0 ? file : "\(file)#\(page + 1)" }

    static let all: [PictureVariant] = {
        let list = try! Fixtures.bytes("pictures/variants.json")
        return try! JSONDecoder().decode([PictureVariant].self, from: Data(list))
    }()

    /// libheif need not be there.
    var isReadable: Bool { !["HEIC", "AVIF"].contains(format) || akin_heif_version() != nil }

    func bytes() throws -> [UInt8] { try Fixtures.bytes("pictures/" + file) }

    var expected: [Int] {
        let samples = Self.samples[start...]
        guard bits == 16 else { return samples.prefix(width * height * channels).map(Int.init) }
        return (0..<(width * height * channels)).map {
            Int(samples[start + 2 * $0]) | Int(samples[start + 2 * $0 + 1]) << 8
        }
    }

    private static let samples: [UInt8] = {
        let packed = try! Fixtures.bytes("pictures/expected.zlib")
        // More than all of them.
        return [UInt8](unsafeUninitializedCapacity: 4 << 20) { buffer, count in
            var length = uLongf(buffer.count)
            precondition(uncompress(buffer.baseAddress, &length, packed, uLong(packed.count)) == Z_OK)
            count = Int(length)
        }
    }()
}

extension Image {
    /// Its samples as they are, of 8 or 16 bits.
    var values: [Int] {
        switch samples {
        case .eight(let values): values.map(Int.init)
        case .sixteen(let values): values.map(Int.init)
        }
    }

    var bits: Int { if case .eight = samples { 8 } else { 16 } }
}
