import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct BMPTests {
    private let grey4 = [[0, 0, 0], [90, 90, 90], [200, 200, 200], [255, 255, 255]].map { $0.map(UInt8.init) }

    private func indices(_ width: Int, _ height: Int, below most: Int, seed: UInt64) -> [[Int]] {
        var generator = SeededGenerator(seed: 51, seed)
        return (0..<height).map { _ in (0..<width).map { _ in Int.random(in: 0..<most, using: &generator) } }
    }

    @Test(arguments: [1, 2, 4, 8], [12, 16, 40, 52, 56, 64, 108, 124])
    func readsPalettes(_ bits: Int, _ header: Int) throws {
        for (width, height) in [(1, 1), (7, 3), (8, 2), (33, 5)] {
            var generator = SeededGenerator(seed: 52, UInt64(bits))
            let palette = (0..<(1 << bits)).map { _ in
                (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            let values = indices(width, height, below: 1 << bits, seed: UInt64(header))
            let colours = values.flatMap { $0.flatMap { palette[$0].reversed() } }
            let expected = Image(width: width, height: height, channels: 3, trusted: colours)
            let data = BMPWriter.rows(values, bits: bits)
            let file = BMPWriter(
                header: header, width: width, height: height, bits: bits, palette: palette, data: data)
            #expect(try Image(decoding: file.encoded()) == expected, "\(width) x \(height)")
            guard header >= 40 else { continue }
            var fromTop = file
            fromTop.height = -height
            fromTop.data = BMPWriter.rows(values, bits: bits, fromTop: true)
            #expect(try Image(decoding: fromTop.encoded()) == expected)
        }
    }

    @Test func aPaletteOfGreysIsGrey() throws {
        let file = BMPWriter(
            width: 5, height: 1, bits: 2, palette: grey4, data: BMPWriter.rows([[0, 1, 2, 3, 1]], bits: 2))
        #expect(
            try Image(decoding: file.encoded())
                == Image(width: 5, height: 1, channels: 1, trusted: [0, 90, 200, 255, 90]))
    }

    /// A number beyond the palette is black; so many entries as the header says may be fewer than the bits allow.
    @Test func shortPalettes() throws {
        var file = BMPWriter(
            width: 3, height: 1, bits: 8, palette: [[1, 2, 3], [9, 8, 7]],
            data: BMPWriter.rows([[0, 1, 77]], bits: 8))
        #expect(try Image(decoding: file.encoded()).pixels == [3, 2, 1, 7, 8, 9, 0, 0, 0])
        // Where the samples begin may be left open: behind so many entries.
        var open = file.encoded()
        open.replaceSubrange(10..<14, with: [0, 0, 0, 0])
        #expect(try Image(decoding: open).pixels == [3, 2, 1, 7, 8, 9, 0, 0, 0])
        file.named = 1 << 30
        #expect(try Image(decoding: file.encoded()).pixels == [3, 2, 1, 7, 8, 9, 0, 0, 0])
    }

    @Test func readsColoursOf16And24And32Bits() throws {
        let colours = [[0x7C1F, 0x03E0, 0x0010]]
        let fives = BMPWriter(width: 3, height: 1, bits: 16, data: BMPWriter.rows(colours, bits: 16))
        #expect(try Image(decoding: fives.encoded()).pixels == [255, 0, 255, 0, 255, 0, 0, 0, 132])
        let true24 = BMPWriter(
            width: 2, height: 2, bits: 24,
            data: BMPWriter.rows([[0x010203, 0x040506], [0, 0xFFFFFF]], bits: 24))
        #expect(try Image(decoding: true24.encoded()).pixels == [1, 2, 3, 4, 5, 6, 0, 0, 0, 255, 255, 255])
        // The fourth byte is nothing without a field for it.
        let true32 = BMPWriter(width: 1, height: 1, bits: 32, data: BMPWriter.rows([[0x7701_0203]], bits: 32))
        #expect(try Image(decoding: true32.encoded()).pixels == [1, 2, 3])
    }

    @Test func readsBitFields() throws {
        let sixes = BMPWriter(
            width: 2, height: 1, bits: 16, compression: 3, masks: [0xF800, 0x07E0, 0x001F],
            data: BMPWriter.rows([[0xFFE0, 0x0020]], bits: 16))
        #expect(try Image(decoding: sixes.encoded()).pixels == [255, 255, 0, 0, 4, 0])
        // Ten bits a channel stay more than eight.
        let tens = BMPWriter(
            width: 1, height: 1, bits: 32, compression: 3, masks: [0x3FF0_0000, 0xFFC00, 0x3FF],
            data: BMPWriter.rows([[1023 << 20 | 512 << 10 | 1]], bits: 32))
        #expect(try Image(decoding: tens.encoded()).samples == .sixteen([65535, 32800, 64]))
        for header in [40, 52, 56, 108, 124] {
            var alpha = BMPWriter(
                header: header, width: 2, height: 1, bits: 32, compression: header < 56 ? 6 : 3,
                masks: [0xFF, 0xFF00, 0xFF0000, 0xFF00_0000],
                data: BMPWriter.rows([[0xFF03_0201, 0x0000_0000]], bits: 32))
            if header == 52 {
                // It has no place for the fourth.
                alpha.compression = 3
                alpha.masks.removeLast()
                #expect(try Image(decoding: alpha.encoded()).pixels == [1, 2, 3, 0, 0, 0])
                continue
            }
            #expect(try Image(decoding: alpha.encoded()).pixels == [1, 2, 3, 255, 255, 255], "\(header)")
            // Where nothing would be seen, the field was not meant.
            alpha.data = BMPWriter.rows([[0x0003_0201, 0]], bits: 32)
            #expect(try Image(decoding: alpha.encoded()).pixels == [1, 2, 3, 0, 0, 0], "\(header)")
        }
    }

    @Test func unfoldsRunLengths() throws {
        var file = BMPWriter(
            width: 5, height: 3, bits: 8, compression: 1,
            palette: (0..<256).map { [UInt8]([UInt8($0), UInt8($0), UInt8($0)]) },
            // Runs; the end of a row; a step of one to the right and one up, a run over the edge; the end.
            data: [3, 7, 1, 8, 1, 9, 0, 0, 0, 2, 1, 1, 9, 4, 0, 1])
        #expect(
            try Image(decoding: file.encoded()).pixels == [
                0, 4, 4, 4, 4,
                0, 0, 0, 0, 0,
                7, 7, 7, 8, 9,
            ])
        file.data = [0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 3, 6, 7, 8, 0, 0, 1]
        #expect(try Image(decoding: file.encoded()).pixels == [0, 0, 0, 0, 0, 6, 7, 8, 0, 0, 1, 2, 3, 4, 5])
        // It may end behind its last row, and not before.
        file.data = [5, 1, 0, 0, 5, 2, 0, 0, 5, 3]
        #expect(try Image(decoding: file.encoded()).pixels == [3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1])
        file.data = [5, 1, 0, 0, 5, 2, 0, 0, 4, 3]
        #expect(throws: ImageError.truncated(.bmp)) { try Image(decoding: file.encoded()) }

        let halves = BMPWriter(
            width: 6, height: 2, bits: 4, compression: 2,
            palette: (0..<16).map { [UInt8]([UInt8($0), UInt8($0), UInt8($0)]) },
            data: [5, 0x12, 1, 0x30, 0, 0, 0, 5, 0x45, 0x67, 0x80, 0, 0, 1])
        #expect(try Image(decoding: halves.encoded()).pixels == [4, 5, 6, 7, 8, 0, 1, 2, 1, 2, 1, 3])
    }

    @Test func readsTheFirstOfAnArray() throws {
        let array = Array("BA".utf8) + [UInt8](repeating: 0, count: 12)
        let file = BMPWriter(
            header: 12, width: 2, height: 1, bits: 1, palette: [[0, 0, 0], [255, 255, 255]],
            data: [0x40, 0, 0, 0],
            prefix: array)
        #expect(try Image(decoding: file.encoded()).pixels == [0, 255])
    }

    @Test func namesWhatIsWrong() {
        func error(_ change: (inout BMPWriter) -> Void) -> String {
            var file = BMPWriter(
                width: 3, height: 2, bits: 8, palette: grey4,
                data: BMPWriter.rows([[0, 1, 2], [3, 0, 1]], bits: 8))
            change(&file)
            do { _ = try Image(decoding: file.encoded()) } catch { return "\(error)" }
            return "decoded"
        }
        #expect(error { _ in } == "decoded")
        #expect(error { $0.width = 0 } == "the BMP picture has no pixels; export it again")
        #expect(error { $0.width = -3 }.contains("its width is -3"))
        #expect(error { $0.bits = 7 }.contains("7 bits a pixel"))
        #expect(error { $0.data.removeLast(2) } == "the BMP file is truncated; copy it again")
        // The last row's padding may be missing.
        #expect(error { $0.data.removeLast() } == "decoded")
        #expect(error { $0.compression = 5 }.contains("it holds a PNG file"))
        #expect(error { $0.compression = 9 }.contains("compression number 9"))
        #expect(error { $0.width = 1 << 28 }.contains("truncated"))
        #expect(error { ($0.width, $0.height) = (1 << 30, 1 << 30) }.contains("more than the memory limit"))
        #expect(
            error {
                $0.bits = 16
                $0.compression = 3
                $0.palette = []
                $0.masks = [5, 2, 8]
            }.contains("a bit field with a gap"))
    }

    @Test func everyTruncationIsAnError() throws {
        let file = BMPWriter(
            header: 124, width: 3, height: 2, bits: 32, compression: 3,
            masks: [0xFF, 0xFF00, 0xFF0000, 0xFF00_0000],
            data: BMPWriter.rows([[1, 2, 3], [4, 5, 6]], bits: 32)
        ).encoded()
        for count in 2..<file.count {
            #expect(throws: ImageError.truncated(.bmp), "\(count)") {
                try Image(decoding: Array(file[..<count]))
            }
        }
    }
}
