import Foundation

/// A chart within a page: shares across and upwards, in the page's colours.
struct ShareChart {
    /// What is drawn, from back to front.
    enum Mark {
        /// From point to point.
        case line([SIMD2<Double>])
        /// What is compared with: dashed.
        case ideal([SIMD2<Double>])
        /// One value, and how far it is known.
        case value(SIMD2<Double>, low: Double, high: Double, radius: Double)
        /// A place to look at, and what it is.
        case place(SIMD2<Double>, String)
    }

    /// For those who hear it.
    var title: String
    var across: String
    var upwards: String
    /// From 0.
    var highest = 1.0
    var marks: [Mark]

    private static let size = SIMD2(340.0, 305.0)
    private static let (left, right, top, bottom) = (44.0, 14.0, 30.0, 42.0)

    private var y: Axis { .linear(0, highest) }

    private func point(_ value: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(
            Self.left + (Self.size.x - Self.left - Self.right) * min(max(value.x, 0), 1),
            Self.top + (Self.size.y - Self.top - Self.bottom) * (1 - y.place(of: value.y)))
    }

    var svg: String {
        """
        <svg class="chart" viewBox="0 0 \(fixed(Self.size.x, digits: 0)) \(fixed(Self.size.y, digits: 0))" role="img" \
        aria-label="\(escaped(title))">
        \((axes + marks.flatMap(drawn)).joined(separator: "\n"))
        </svg>
        """
    }

    private var axes: [String] {
        var parts: [String] = []
        let step = y.ticks.count > 1 ? y.ticks[1] - y.ticks[0] : 1
        for tick in y.ticks {
            let (from, to) = (point(SIMD2(0, tick)), point(SIMD2(1, tick)))
            parts.append(line(from, to, tick == 0 ? "axis" : "grid"))
            parts.append(
                text(
                    "\(fixed(tick * 100, digits: step < 0.009_999 ? 1 : 0)) %", SIMD2(from.x - 6, from.y + 4),
                    "end"))
        }
        for tick in stride(from: 0.0, through: 1, by: 0.25) {
            let place = point(SIMD2(tick, 0))
            parts.append(line(place, place + SIMD2(0, 4), "axis"))
            parts.append(
                text(
                    "\(fixed(tick * 100, digits: 0)) %", place + SIMD2(0, 17),
                    tick == 1 ? "end" : (tick == 0 ? "start" : "middle")))
        }
        parts.append(text(upwards, SIMD2(4, 13), "start"))
        parts.append(text(across, SIMD2(Self.size.x - Self.right, Self.size.y - 6), "end"))
        return parts
    }

    private func drawn(_ mark: Mark) -> [String] {
        switch mark {
        case .line(let points): [polyline(points, "curve")]
        case .ideal(let points): [polyline(points, "ideal")]
        case .value(let value, let low, let high, let radius):
            [
                line(point(SIMD2(value.x, low)), point(SIMD2(value.x, high)), "whisker"),
                dot(point(value), radius, "dot"),
            ]
        case .place(let value, let name): [dot(point(value), 5, "place"), callout(point(value), name)]
        }
    }

    /// Beside its place, on the side where there is room.
    private func callout(_ place: SIMD2<Double>, _ name: String) -> String {
        let isRight = place.x > Self.size.x * 0.55
        let below = place.y < Self.top + 24
        return text(
            name, place + SIMD2(isRight ? -9 : 9, below ? 18 : -8), isRight ? "end" : "start", "callout")
    }

    private func polyline(_ points: [SIMD2<Double>], _ kind: String) -> String {
        let places = Self.thinned(points.map(point)).map {
            "\(fixed($0.x, digits: 1)),\(fixed($0.y, digits: 1))"
        }
        return "<polyline class=\"\(kind)\" points=\"\(places.joined(separator: " "))\"/>"
    }

    /// Those that lie more than a pixel from the one before, and the last.
    private static func thinned(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
        var kept: [SIMD2<Double>] = []
        for (number, point) in points.enumerated() {
            if let last = kept.last, number < points.count - 1 {
                let step = point - last
                guard abs(step.x) + abs(step.y) > 1 else { continue }
            }
            kept.append(point)
        }
        return kept
    }

    private func line(_ from: SIMD2<Double>, _ to: SIMD2<Double>, _ kind: String) -> String {
        "<line class=\"\(kind)\" x1=\"\(fixed(from.x, digits: 1))\" y1=\"\(fixed(from.y, digits: 1))\" "
            + "x2=\"\(fixed(to.x, digits: 1))\" y2=\"\(fixed(to.y, digits: 1))\"/>"
    }

    private func dot(_ place: SIMD2<Double>, _ radius: Double, _ kind: String) -> String {
        "<circle class=\"\(kind)\" cx=\"\(fixed(place.x, digits: 1))\" cy=\"\(fixed(place.y, digits: 1))\" "
            + "r=\"\(fixed(radius, digits: 1))\"/>"
    }

    private func text(
        _ text: String, _ place: SIMD2<Double>, _ anchor: String, _ kind: String = "tick"
    ) -> String {
        "<text class=\"\(kind)\" x=\"\(fixed(place.x, digits: 1))\" y=\"\(fixed(place.y, digits: 1))\" "
            + "text-anchor=\"\(anchor)\">\(escaped(text))</text>"
    }

    /// How such charts look in a page.
    static let style = """

        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: .8rem; }
        .charts h3 { margin: 0 0 .2rem; }
        .chart { display: block; width: 100%; max-width: 30rem; height: auto; font: 12px system-ui, sans-serif; }
        .chart text { fill: var(--quiet); unicode-bidi: plaintext; }
        .chart .callout { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
        .chart .grid { stroke: var(--line); stroke-width: .6; opacity: .7; }
        .chart .axis { stroke: var(--quiet); stroke-width: 1; }
        .chart .curve { fill: none; stroke: var(--share); stroke-width: 2.4; stroke-linejoin: round; }
        .chart .ideal { fill: none; stroke: var(--quiet); stroke-width: 1.2; stroke-dasharray: 4 4; }
        .chart .whisker { stroke: var(--share); stroke-width: 1.4; }
        .chart .dot { fill: var(--share); }
        .chart .place { fill: var(--page); stroke: var(--wrong); stroke-width: 2.4; }
        """
}
