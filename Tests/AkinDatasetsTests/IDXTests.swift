import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct IDXTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func idx(_ sizes: [Int], _ bytes: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(sizes.count)]
            + sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } } + bytes
    }

    private func error(_ images: [UInt8], _ labels: [UInt8], names: [String]? = nil) throws -> DatasetError? {
        let images = try folder.write("images", images)
        let labels = try folder.write("labels", labels)
        do { _ = try Dataset(idxImages: images, labels: labels, labelNames: names) } catch { return error }
        return nil
    }

    /// gzip's format with deflate's stored blocks, from RFC 1951 and 1952.
    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        let count = bytes.count
        let length = [UInt8(count & 255), UInt8(count >> 8)]
        result += [1] + length + length.map { ~$0 } + bytes
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for value in [Int(~crc), count] {
            result += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        return result
    }

    @Test func readsImagesAndLabels() throws {
        let values = (0..<18).map { UInt8($0) }
        for isCompressed in [false, true] {
            let files = [idx([3, 2, 3], values), idx([3], [7, 0, 7])].map { isCompressed ? gzip($0) : $0 }
            let images = try folder.write("i", files[0])
            let labels = try folder.write("l", files[1])
            let dataset = try Dataset(idxImages: images, labels: labels)
            #expect(dataset.samples.map(\.label) == ["7", "0", "7"])
            #expect(dataset.samples.map(\.source.path) == (0..<3).map { "\(images)#\($0)" })
            #expect(
                try dataset.image(at: 1)
                    == Image(width: 3, height: 2, channels: 1, trusted: [6, 7, 8, 9, 10, 11]))
            #expect(try dataset.contentHash(at: 2) == ContentHash(of: values[12...]))
            let names = (0...7).map { "name \($0)" }
            #expect(
                try Dataset(idxImages: images, labels: labels, labelNames: names).labels == [
                    "name 0", "name 7",
                ])
        }
    }

    @Test func picturesAreFoundAgainByTheirSources() throws {
        let images = try folder.write("i", idx([3, 2, 3], (0..<18).map { UInt8($0) }))
        let dataset = try Dataset(idxImages: images, labels: folder.write("l", idx([3], [7, 0, 7])))
        let pictures = SourcePictures()
        for (position, sample) in dataset.samples.enumerated() {
            #expect(try pictures.picture(of: sample.source) == dataset.image(at: position))
        }
        for source in [images, images + "#3", images + "#-1", images + "#x", "#0", "", "/nowhere/at#0"] {
            #expect(pictures.picture(of: Source(source)) == nil, "\(source)")
        }
    }

    @Test func namesWhatIsWrong() throws {
        let images = idx([2, 1, 1], [1, 2])
        let labels = idx([2], [0, 1])
        let (imagesPath, labelsPath) = (folder.path + "/images", folder.path + "/labels")
        #expect(try error(images, labels) == nil)
        #expect(try error(labels, images) == .notIDX(path: imagesPath, dimensions: 3))
        #expect(try error([], labels) == .notIDX(path: imagesPath, dimensions: 3))
        #expect(
            try error(Array("text that is no IDX file".utf8), labels)
                == .notIDX(path: imagesPath, dimensions: 3))
        #expect(
            try error(Array(images.dropLast()), labels)
                == .wrongIDXLength(path: imagesPath, expected: 18, found: 17))
        #expect(
            try error(Array(images[..<9]), labels)
                == .wrongIDXLength(path: imagesPath, expected: 16, found: 9))
        #expect(try error(images + [0], labels) == .longerIDX(path: imagesPath, expected: 18))
        #expect(try error(gzip(images + [0]), labels) == .longerIDX(path: imagesPath, expected: 18))
        #expect(try error(idx([0, 28, 28], []), labels) == .emptyIDX(path: imagesPath))
        #expect(try error(images, idx([3], [0, 1, 2])) == .countsDiffer(images: 2, labels: 3))
        #expect(
            try error(images, labels, names: ["zero"])
                == .labelWithoutName(path: labelsPath, label: 1, names: 1))
        let huge = idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1])
        #expect(try error(huge, labels) == .tooLargeIDX(path: imagesPath, bytes: Int.max, limit: 1 << 31))
        // Claims two gigabytes and holds a byte.
        let claim = idx([1 << 15, 1 << 8, 1 << 8], [1])
        #expect(
            try error(gzip(claim), labels)
                == .wrongIDXLength(path: imagesPath, expected: 16 + (1 << 31), found: 17))
        let compressed = gzip(images)
        for (cut, more) in [(1, []), (9, []), (1, [1])] as [(Int, [UInt8])] {
            #expect(try error(compressed.dropLast(cut) + more, labels) == .damagedGzip(path: imagesPath))
        }
        #expect(try error(gzip(images) + [0, 0], labels) == nil)
        #expect(throws: DatasetError.file(path: folder.path + "/none", .missing)) {
            try Dataset(idxImages: folder.path + "/none", labels: labelsPath)
        }
    }

    @Test func hostileFilesNeverTrap() throws {
        let images = idx([2, 3, 2], (0..<12).map { UInt8($0) })
        let labels = idx([2], [0, 1])
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: 61, seed)
            var files = [images, labels].map { seed % 2 == 0 ? gzip($0) : $0 }
            for _ in 0..<2 {
                let file = Int.random(in: 0..<2, using: &generator)
                let place = Int.random(in: 0..<files[file].count, using: &generator)
                files[file][place] = .random(in: 0...255, using: &generator)
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    files[file].removeSubrange((place + 1)...)
                }
            }
            _ = try error(files[0], files[1])
        }
    }
}
