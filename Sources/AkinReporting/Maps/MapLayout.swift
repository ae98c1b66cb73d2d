import AkinTensors

/// Where things stand in the picture of a map, in units of which it is 1,000 wide.
package struct MapLayout {
    static let width = 1000.0
    private static let margin = 30.0
    /// So many labels are written large, and only as close to each other as lines of a text.
    private static let mostLarge = 40

    package let height: Double
    /// Of each item, from the upper left corner.
    let places: [SIMD2<Double>]
    /// Of the labels.
    package let fontSize: Double
    /// What labels have around them, all together.
    let spacing: Double
    /// The size of a mark, 1 for 11 across.
    let scale: Double
    /// Of each class, in the order in which they were placed: the largest first.
    package let labels: [Label]

    package struct Label {
        let classNumber: Int
        package let text: String
        /// The middle of its line.
        package let place: SIMD2<Double>
        /// Whether there was no room that others have not.
        package let isLeftOut: Bool
    }

    package init(_ picture: MapPicture) {
        let count = picture.items.count
        let points = (0..<count).map { row in
            SIMD2(Double(picture.map.points[row, 0]), -Double(picture.map.points[row, 1]))
        }
        let first = points.first ?? .zero
        let low = points.reduce(first) { pointwiseMin($0, $1) }
        let high = points.reduce(first) { pointwiseMax($0, $1) }
        let extent = high - low
        let inner = Self.width - 2 * Self.margin
        let ratio = extent.x > 0 ? extent.y / extent.x : (extent.y > 0 ? 2 : 0.5)
        let height = 2 * Self.margin + inner * min(max(ratio, 0.5), 0.85)
        let room = SIMD2(inner, height - 2 * Self.margin)
        let units = min(
            extent.x > 0 ? room.x / extent.x : .infinity, extent.y > 0 ? room.y / extent.y : .infinity)
        let factor = units.isFinite ? units : 0
        let middle = (low + high) / 2
        let places = points.map { ($0 - middle) * factor + SIMD2(Self.width, height) / 2 }
        self.height = height
        self.places = places
        scale =
            switch count {
            case ...60: 1.7
            case ...150: 1.3
            case ...1000: 0.95
            case ...5000: 0.7
            case ...20_000: 0.5
            default: 0.35
            }
        let isLarge = picture.classes.count <= Self.mostLarge
        (fontSize, spacing) = isLarge ? (14, 0) : (10, 8)
        labels = Self.labels(
            picture, places, height, markSize: 6 * scale, fontSize: fontSize, spacing: spacing)
    }

    /// Each at the item that lies nearest to the middle of its class; where others stand, a little beside it.
    private static func labels(
        _ picture: MapPicture, _ places: [SIMD2<Double>], _ height: Double, markSize: Double,
        fontSize: Double, spacing: Double
    ) -> [Label] {
        let ordered = picture.classes.sorted { ($1.items.count, $0.number) < ($0.items.count, $1.number) }
        var taken = LabelGrid()
        // Where there are few marks, none is to be hidden if there is room beside it.
        let marks = places.count <= 500 ? places : []
        let weight = places.count <= 150 ? 10.0 : 1
        return ordered.map { one in
            let text = shortened(one.label)
            let anchor = middle(of: one.items.map { places[$0] })
            let half = SIMD2(textWidth(text) * fontSize / 2 + 2, fontSize * 0.62)
            let low = SIMD2(half.x, half.y)
            let high = SIMD2(width - half.x, height - half.y)
            var best: (cost: Double, place: SIMD2<Double>)?
            for (step, offset) in offsets(half + markSize + 1).enumerated() {
                let place = pointwiseMin(pointwiseMax(anchor + offset, low), pointwiseMax(low, high))
                let box = LabelGrid.Box(middle: place, half: half)
                guard !taken.meets(LabelGrid.Box(middle: place, half: half + spacing)) else { continue }
                let hidden = marks.count { box.holds($0, within: markSize * 0.8) }
                let cost = Double(step) + weight * Double(hidden)
                if cost < best?.cost ?? .infinity { best = (cost, place) }
            }
            if let best { taken.insert(LabelGrid.Box(middle: best.place, half: half)) }
            return Label(
                classNumber: one.number, text: text, place: best?.place ?? anchor, isLeftOut: best == nil)
        }
    }

    /// On the spot, then so far above, below and around that it is free, and a little further.
    private static func offsets(_ far: SIMD2<Double>) -> [SIMD2<Double>] {
        let ways: [(x: Double, y: Double)] = [
            (0, -1), (0, 1), (1, 0), (-1, 0), (0.5, -1), (-0.5, -1), (0.5, 1), (-0.5, 1),
        ]
        var result = [SIMD2<Double>.zero]
        for ring in [1.0, 1.6] {
            let reach = SIMD2(far.x * (0.6 + 0.4 * ring), far.y * ring)
            for way in ways { result.append(SIMD2(way.x, way.y) * reach) }
        }
        return result
    }

    /// The point nearest to the middle ones across and down.
    private static func middle(of points: [SIMD2<Double>]) -> SIMD2<Double> {
        let middle = SIMD2(
            points.map(\.x).sorted()[points.count / 2], points.map(\.y).sorted()[points.count / 2])
        func square(_ point: SIMD2<Double>) -> Double { ((point - middle) * (point - middle)).sum() }
        return points.min { square($0) < square($1) } ?? middle
    }

    /// A label as it stands in a picture: of long ones, the ends tell more than the middle.
    static func shortened(_ label: String) -> String {
        label.count > 28 ? label.prefix(13) + "…" + label.suffix(14) : label
    }

    /// About how wide a text is, in units of its size.
    package static func textWidth(_ text: String) -> Double {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar {
            case "i", "j", "l", "t", "f", "r", "I", " ", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[",
                "]":
                return width + 0.38
            case "m", "w", "M", "W", "@", "%": return width + 1
            case "A"..."Z", "_": return width + 0.76
            case "\u{300}"..."\u{36F}": return width
            case "\u{1100}"...: return width + 1.05
            default: return width + 0.67
            }
        }
    }
}

/// Boxes of labels, found by where they are.
private struct LabelGrid {
    struct Box {
        let low, high: SIMD2<Double>

        init(middle: SIMD2<Double>, half: SIMD2<Double>) { (low, high) = (middle - half, middle + half) }

        func meets(_ other: Box) -> Bool {
            low.x < other.high.x && other.low.x < high.x && low.y < other.high.y && other.low.y < high.y
        }

        func holds(_ point: SIMD2<Double>, within margin: Double) -> Bool {
            low.x - margin < point.x && point.x < high.x + margin && low.y - margin < point.y
                && point.y < high.y + margin
        }
    }

    /// By the row in which they begin and end.
    private var rows: [Int: [Box]] = [:]

    private func rowNumbers(_ box: Box) -> ClosedRange<Int> { Int(box.low.y / 20)...Int(box.high.y / 20) }

    func meets(_ box: Box) -> Bool {
        rowNumbers(box).contains { rows[$0]?.contains { $0.meets(box) } ?? false }
    }

    mutating func insert(_ box: Box) {
        for row in rowNumbers(box) { rows[row, default: []].append(box) }
    }
}
