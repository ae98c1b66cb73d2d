extension Image {
    /// Three times as much on the one side, by both medians: less loses photographs, more loses drawings on lined paper.
    private static let clearness = 9.0

    /// Whether what is drawn is surely lighter than the ground that it is drawn on, by what can be seen in some rows and
    /// columns. Of a drawing and its negative it is one.
    ///
    /// The ground is what there is most of, so what is drawn lies on the other side of the median, and far from it: the
    /// squares of the differences tell on which. Bold strokes may be more than half of a picture, and a dark thing may touch
    /// its border, but seldom both: so the median of all and that of the border are asked. A photograph has no ground, and
    /// must not be turned round by chance: what is not clear is left as it is (`Indexes/omniglot/README.md` has the figures).
    func isLightOnDark(rows: Range<Int>, columns: Range<Int>) -> Bool {
        let levels = levels
        let all = GreyLevels(of: levels, self, rows, columns)
        let width = max(1, min(rows.count, columns.count) / 20)
        var border = GreyLevels()
        for strip in [rows.prefix(width), rows.dropFirst(width).suffix(width)] {
            border.count(levels, self, strip.startIndex..<strip.endIndex, columns)
        }
        let between = rows.dropFirst(width).dropLast(width)
        for strip in [columns.prefix(width), columns.dropFirst(width).suffix(width)] {
            border.count(
                levels, self, between.startIndex..<between.endIndex, strip.startIndex..<strip.endIndex)
        }
        let (first, second) = (all.squares(about: all.middle), all.squares(about: border.middle))
        return first.lighter * second.lighter > Self.clearness * first.darker * second.darker
    }
}

/// How many pixels are how light, 0 to 255.
private struct GreyLevels {
    private var counts = [Int](repeating: 0, count: 256)
    private var pixels = 0

    init() {}

    init(of levels: [UInt8], _ image: Image, _ rows: Range<Int>, _ columns: Range<Int>) {
        count(levels, image, rows, columns)
    }

    mutating func count(_ levels: [UInt8], _ image: Image, _ rows: Range<Int>, _ columns: Range<Int>) {
        pixels += rows.count * columns.count
        levels.withUnsafeBufferPointer { values in
            for y in rows {
                let row = y * image.width
                if image.channels == 1 {
                    for x in columns { counts[Int(values[row + x])] += 1 }
                } else {
                    for x in columns {
                        let place = 3 * (row + x)
                        let (red, green, blue) = (
                            Int(values[place]), Int(values[place + 1]), Int(values[place + 2])
                        )
                        // Luma, rounded towards the middle grey, so that a negative has the negative's.
                        let thousandths = 299 * red + 587 * green + 114 * blue
                        counts[(thousandths + (thousandths < 127_500 ? 500 : 499)) / 1000] += 1
                    }
                }
            }
        }
    }

    /// The sum of the two levels in the middle: twice the median.
    var middle: Int {
        func level(_ place: Int) -> Int {
            var below = 0
            return counts.firstIndex { count in
                below += count
                return below > place
            } ?? 0
        }
        return level((pixels - 1) / 2) + level(pixels / 2)
    }

    /// The sums of the squares of the differences from half of `middle`, of the lighter and of the darker pixels; to each is
    /// added what a difference of one level everywhere would be, so that noise beside a clean ground decides nothing.
    func squares(about middle: Int) -> (lighter: Double, darker: Double) {
        var (lighter, darker) = (4 * pixels, 4 * pixels)
        for (level, count) in counts.enumerated() {
            let difference = 2 * level - middle
            if difference > 0 {
                lighter += count * difference * difference
            } else {
                darker += count * difference * difference
            }
        }
        return (Double(lighter), Double(darker))
    }
}
