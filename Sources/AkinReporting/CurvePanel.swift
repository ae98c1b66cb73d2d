/// One chart of several: lines over the epochs.
struct CurvePanel {
    /// A line.
    struct Series {
        var name: String
        var colour: String
        /// Epoch and value, by ascending epoch.
        var points: [(x: Double, y: Double)]
        /// The value at its end, for the legend.
        var last: String
        /// Where there are more lines than colours.
        var isDashed = false

        fileprivate var dashes: String { isDashed ? " stroke-dasharray=\"6 3\"" : "" }
    }

    /// Where it stands in the picture, in pixels, with its titles and the labels of its axes.
    struct Frame {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
    }

    var title: String
    var series: [Series]
    var y: Axis
    /// Whether values are shown in percent.
    var isShare = false
    /// What goes from left to right.
    var across = "epoch"

    private static let (left, right, bottom) = (52.0, 14.0, 36.0)

    /// How far from the left each entry of the legend begins and in which row, if there is so much room.
    func legend(width: Double) -> [(x: Double, row: Int)] {
        var (x, row) = (0.0, 0)
        return series.map { one in
            // Wide enough for a digit or a letter of the usual fonts, of which some are broad.
            let needed = 34 + 7.8 * Double(one.name.count + one.last.count)
            if x > 0, x + needed > width { (x, row) = (0, row + 1) }
            defer { x += needed }
            return (x, row)
        }
    }

    /// Where values stand within the lines of the axes.
    private struct Plot {
        var frame: Frame
        var epochs: Axis
        var y: Axis

        var right: Double { frame.x + frame.width }
        var bottom: Double { frame.y + frame.height }
        func across(_ value: Double) -> Double { frame.x + frame.width * epochs.place(of: value) }
        func down(_ value: Double) -> Double { frame.y + frame.height * (1 - y.place(of: value)) }
    }

    /// SVG elements. The place `mark` across is marked, if there is one; `legendRows` is the room left for the legend.
    func svg(in frame: Frame, epochs: Axis, mark: Double?, legendRows: Int) -> String {
        let top = 32 + 18 * Double(legendRows)
        let plot = Plot(
            frame: Frame(
                x: frame.x + Self.left, y: frame.y + top, width: frame.width - Self.left - Self.right,
                height: frame.height - top - Self.bottom),
            epochs: epochs, y: y)
        var parts = [text(title, x: frame.x, y: frame.y + 14, "font-weight=\"600\" font-size=\"14\"")]
        parts += axes(of: plot)
        if let mark {
            let place = plot.across(mark)
            parts.append(
                line(place, plot.frame.y, place, plot.bottom, "stroke=\"#6b6b6b\" stroke-dasharray=\"3 3\""))
        }
        if series.isEmpty {
            parts.append(
                text(
                    "not recorded", x: plot.frame.x + plot.frame.width / 2,
                    y: plot.frame.y + plot.frame.height / 2, "text-anchor=\"middle\" class=\"quiet\""))
        }
        for (one, place) in zip(series, legend(width: frame.width)) {
            parts += curve(of: one, in: plot, mark: mark)
            let (x, y) = (frame.x + place.x, frame.y + 34 + 18 * Double(place.row))
            parts.append(
                line(x, y - 4, x + 16, y - 4, "stroke=\"\(one.colour)\" stroke-width=\"3\"\(one.dashes)"))
            parts.append(text("\(one.name) \(one.last)", x: x + 21, y: y, ""))
        }
        return parts.joined(separator: "\n")
    }

    /// The lines across the plot, the line below it, and what stands beside both.
    private func axes(of plot: Plot) -> [String] {
        var parts: [String] = []
        for tick in y.ticks {
            let place = plot.down(tick)
            parts.append(line(plot.frame.x, place, plot.right, place, "stroke=\"#e3e3e3\""))
            parts.append(
                text(
                    isShare ? "\(percentTick(tick)) %" : y.text(of: tick), x: plot.frame.x - 7, y: place + 4,
                    "text-anchor=\"end\" class=\"quiet\""))
        }
        for tick in plot.epochs.ticks {
            let place = plot.across(tick)
            parts.append(line(place, plot.bottom, place, plot.bottom + 4, "stroke=\"#8a8a8a\""))
            parts.append(
                text(
                    plot.epochs.text(of: tick), x: place, y: plot.bottom + 17,
                    "text-anchor=\"middle\" class=\"quiet\""))
        }
        parts.append(line(plot.frame.x, plot.bottom, plot.right, plot.bottom, "stroke=\"#8a8a8a\""))
        parts.append(
            text(across, x: plot.right, y: plot.bottom + 32, "text-anchor=\"end\" class=\"quiet\""))
        return parts
    }

    /// The line of one series; points where they are few, and one at the mark.
    private func curve(of one: Series, in plot: Plot, mark: Double?) -> [String] {
        var parts: [String] = []
        let shown = Self.thinned(
            one.points, columns: Int(plot.frame.width), from: plot.epochs.low, to: plot.epochs.high)
        let places = shown.map {
            "\(fixed(plot.across($0.x), digits: 1)),\(fixed(plot.down($0.y), digits: 1))"
        }
        if places.count > 1 {
            let width = shown.count < one.points.count ? "1.1" : "1.6"
            parts.append(
                "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" "
                    + "stroke=\"\(one.colour)\" stroke-width=\"\(width)\" stroke-linejoin=\"round\"\(one.dashes)/>"
            )
        }
        if one.points.count <= 40 {
            parts += shown.map { point(plot.across($0.x), plot.down($0.y), radius: 2.2, one.colour) }
        }
        if let mark, let value = one.points.first(where: { $0.x == mark }) {
            parts.append(point(plot.across(value.x), plot.down(value.y), radius: 4, one.colour))
        }
        return parts
    }

    private func percentTick(_ share: Double) -> String {
        let step = y.ticks.count > 1 ? y.ticks[1] - y.ticks[0] : 1
        return fixed(share * 100, digits: step < 0.009_999 ? (step < 0.000_999 ? 2 : 1) : 0)
    }

    /// Of the points that fall into one column of pixels the lowest and the highest, so that thousands of epochs look
    /// as they would with all points, and no outlier is lost.
    static func thinned(
        _ points: [(x: Double, y: Double)], columns: Int, from low: Double, to high: Double
    ) -> [(x: Double, y: Double)] {
        guard points.count > 2 * columns, high > low else { return points }
        var kept: [(x: Double, y: Double)] = []
        var start = 0
        func column(_ position: Int) -> Int {
            Int((points[position].x - low) / (high - low) * Double(columns))
        }
        while start < points.count {
            var end = start + 1
            while end < points.count, column(end) == column(start) { end += 1 }
            let lowest = (start..<end).min { points[$0].y < points[$1].y }!
            let highest = (start..<end).max { points[$0].y < points[$1].y }!
            kept += Set([start, lowest, highest, end - 1]).sorted().map { points[$0] }
            start = end
        }
        return kept
    }
}

private func text(_ text: String, x: Double, y: Double, _ attributes: String) -> String {
    "<text x=\"\(fixed(x, digits: 1))\" y=\"\(fixed(y, digits: 1))\" \(attributes)>\(escaped(text))</text>"
}

private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ attributes: String) -> String {
    "<line x1=\"\(fixed(x1, digits: 1))\" y1=\"\(fixed(y1, digits: 1))\" x2=\"\(fixed(x2, digits: 1))\" "
        + "y2=\"\(fixed(y2, digits: 1))\" \(attributes)/>"
}

private func point(_ x: Double, _ y: Double, radius: Double, _ colour: String) -> String {
    "<circle cx=\"\(fixed(x, digits: 1))\" cy=\"\(fixed(y, digits: 1))\" r=\"\(radius)\" fill=\"\(colour)\"/>"
}
