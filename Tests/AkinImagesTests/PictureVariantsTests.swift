import AkinImages
import AkinTensors
import CAkinHEIF
import Foundation
import TestSupport
import Testing

@Suite struct PictureVariantsTests {
    static let readable = PictureVariant.all.filter(\.isReadable)

    /// At least 120 variants of the ten formats, and the eight orientations in all that carry one.
    @Test func thereAreEnough() {
        let variants = PictureVariant.all.filter { !$0.file.hasPrefix("orientation-") }
        #expect(variants.count >= 120)
        #expect(Set(variants.map(\.format)) == Set(ImageFormat.allCases.map(\.description)))
        let carriers = Dictionary(grouping: PictureVariant.all.filter { $0.file.hasPrefix("orientation-") }) {
            $0.file.dropFirst("orientation-1".count)
        }
        #expect(carriers.count == 8)
        #expect(carriers.values.allSatisfy { $0.count == 8 })
    }

    @Test(
        .enabled(if: akin_heif_version() != nil, "libheif is not installed; Debian's package is libheif1"))
    func picturesOfPhonesAreAmongThem() {
        #expect(Self.readable.count == PictureVariant.all.count)
    }

    @Test(arguments: readable) func aVariantIsWhatOtherProgramsSee(_ variant: PictureVariant) throws {
        let bytes = try variant.bytes()
        #expect(bytes.withUnsafeBytes { ImageFormat(of: $0)?.description } == variant.format)
        let image = try Image(decoding: bytes, page: variant.page)
        #expect(image.width == variant.width)
        #expect(image.height == variant.height)
        #expect(image.channels == variant.channels)
        #expect(image.bits == variant.bits)
        let (values, expected) = (image.values, variant.expected)
        guard values.count == expected.count else { return }
        let most = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
        #expect(most <= variant.tolerance)
    }

    /// A decoder that can do so decodes at a smaller scale, but never below the target.
    @Test(arguments: readable) func aTargetIsReached(_ variant: PictureVariant) throws {
        let bytes = try variant.bytes()
        let whole = try Image(decoding: bytes, page: variant.page)
        let target = (width: variant.width / 3, height: variant.height / 3)
        let image = try Image(decoding: bytes, page: variant.page, fitting: target)
        #expect(image.width >= target.width && image.height >= target.height)
        #expect(image.bits == whole.bits && image.channels == whole.channels)
        #expect(abs(mean(image) - mean(whole)) < 0.06)
    }

    @Test(arguments: ["webp-lossy.webp", "webp-lossless-alpha.webp", "jpeg2000-rgb.jp2", "jpeg2000-rgb.j2k"])
    func scaledDecodingIsUsed(_ file: String) throws {
        let bytes = try Fixtures.bytes("pictures/" + file)
        let image = try Image(decoding: bytes, fitting: (width: 1, height: 1))
        #expect(image.width < 24 && image.height < 17)
    }

    /// What is decoded at a smaller scale and then averaged looks like the whole picture averaged: pixel for pixel, not
    /// only in its mean. (JPEG's scales are libjpeg's: of so small a picture they are up to 0.12 off.)
    @Test(arguments: readable.filter { !$0.file.hasSuffix(".jpg") })
    func aSmallerScaleIsTheSamePicture(_ variant: PictureVariant) throws {
        let bytes = try variant.bytes()
        let target = (width: max(variant.width / 6, 1), height: max(variant.height / 6, 1))
        let whole = try Image(decoding: bytes, page: variant.page)
            .resized(width: target.width, height: target.height)
        let image = try Image(decoding: bytes, page: variant.page, fitting: target)
            .resized(width: target.width, height: target.height)
        let most: Double = image.bits == 16 ? 65535 : 255
        for (a, b) in zip(whole.values, image.values) { #expect(abs(Double(a) - Double(b)) / most < 0.06) }
    }

    private func mean(_ image: Image) -> Double {
        let values = image.values
        return Double(values.reduce(0, +)) / Double(values.count) / (image.bits == 16 ? 65535 : 255)
    }

    /// Truncated, each says that it is, or that it is damaged, or is read as far as it is there: nothing traps.
    @Test(arguments: readable) func whatIsCutOffIsSaidSo(_ variant: PictureVariant) throws {
        let bytes = try variant.bytes()
        for length in stride(from: 0, to: bytes.count, by: max(bytes.count / 16, 1)) {
            _ = try? Image(decoding: Array(bytes.prefix(length)), page: variant.page)
        }
        // The first of several pictures may be whole.
        guard !["animation", "pages", "reduced"].contains(where: variant.file.contains) else { return }
        #expect(throws: ImageError.self) {
            try Image(decoding: Array(bytes.prefix(bytes.count / 2)), page: variant.page)
        }
    }

    /// What Tools/fuzz-decoders has found, each of it once a fault: here, or in a library.
    @Test func whatWasFoundDoesNoHarm() throws {
        let folder = Fixtures.path("found-pictures")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Fixtures.bytes("found-pictures/" + name)
            _ = try? Image(decoding: bytes, limits: DecodingLimits(memory: 64 << 20))
            _ = try? Image(
                decoding: bytes, page: 1, fitting: (7, 7), limits: DecodingLimits(memory: 64 << 20))
        }
    }

    /// A short run of what Tools/fuzz-decoders does for hours.
    @Test(arguments: readable) func damagedFilesNeverTrap(_ variant: PictureVariant) throws {
        let bytes = try variant.bytes()
        var generator = SeededGenerator(seed: 23)
        for _ in 0..<40 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: damaged[place] = [0, 1, 127, 128, 255].randomElement(using: &generator)!
                default: damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator) / 8)
                }
            }
            _ = try? Image(decoding: damaged, page: variant.page, limits: DecodingLimits(memory: 16 << 20))
        }
    }
}
