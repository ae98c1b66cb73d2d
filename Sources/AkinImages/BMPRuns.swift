/// Unfolds run lengths of 4 or 8 bits: pairs of bytes, of which a first that is not 0 counts how often the second comes
/// (of 4 bits, its halves in turn), and 0 begins the end of a row (0), the end of the picture (1), a step to the right
/// and up (2), or so many single pixels.
struct BMPRuns {
    private let bytes: UnsafeRawBufferPointer
    private let width: Int
    private let height: Int
    private let hasHalves: Bool
    private var position: Int
    private var x = 0
    private var y = 0

    init(of picture: BMP) throws(DecodingFailure) {
        // As the format demands; one may ask what a step up would be otherwise.
        guard !picture.isTopDown else { throw .damaged("run lengths from the top") }
        bytes = picture.bytes
        width = picture.width
        height = picture.height
        hasHalves = picture.compression == .runs4
        position = picture.start
    }

    /// The palette's numbers, rows from the bottom; 0 where nothing is written.
    mutating func indices() throws(DecodingFailure) -> [UInt8] {
        var indices = [UInt8](repeating: 0, count: width * height)
        while true {
            // A file may end without saying so, but not before its last row is full.
            guard position + 2 <= bytes.count else {
                guard y >= height || y == height - 1 && x >= width else { throw .truncated }
                return indices
            }
            let (first, second) = (Int(bytes[position]), bytes[position + 1])
            position += 2
            switch (first, second) {
            case (0, 0):
                x = 0
                y += 1
            case (0, 1): return indices
            case (0, 2):
                guard position + 2 <= bytes.count else { throw .truncated }
                x += Int(bytes[position])
                y += Int(bytes[position + 1])
                position += 2
            case (0, _):
                let count = Int(second)
                let size = hasHalves ? (count + 1) / 2 : count
                guard position + size <= bytes.count else { throw .truncated }
                for i in 0..<count {
                    set(hasHalves ? half(bytes[position + i / 2], i) : bytes[position + i], in: &indices)
                }
                // To a whole number of pairs.
                position += (size + 1) / 2 * 2
            default: for i in 0..<first { set(hasHalves ? half(second, i) : second, in: &indices) }
            }
        }
    }

    private func half(_ byte: UInt8, _ number: Int) -> UInt8 { number & 1 == 0 ? byte >> 4 : byte & 15 }

    /// The next pixel; what lies outside is passed over.
    private mutating func set(_ index: UInt8, in indices: inout [UInt8]) {
        if x < width, y < height { indices[y * width + x] = index }
        x += 1
    }
}
