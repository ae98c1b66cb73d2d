import AkinBasics
import AkinEvaluation
import AkinTraining

extension RunComparison {
    /// One page, which needs nothing beside itself: what differs, what came of it, and the curves of all runs in each picture.
    public var page: String {
        let list = runs.enumerated().map { position, run in
            "<li>\(swatch(position)) \(escaped(run.name))\(run.name == run.path ? "" : " <small class=\"quiet\">\(escaped(run.path))</small>")</li>"
        }
        let panels = panels
        let curves =
            panels.isEmpty ? "" : "<h2>Epoch by epoch</h2>\n<div class=\"curves\">\n\(drawn(panels))\n</div>"
        let body = """
            <h1>\(runs.count == 1 ? "A run" : "\(runs.count) runs side by side")</h1>
            <ol class="runs">
            \(list.joined(separator: "\n"))
            </ol>
            \((remarks + means).map { "<p>\(unbroken($0))</p>" }.joined(separator: "\n"))
            \(differingTable)
            \(figureTable)
            \(curves)
            """
        return document(title: "Runs compared", body: body, moreStyle: Self.style)
    }

    /// Writes the page: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(page.utf8) }

    private var header: String {
        runs.indices.map { "<th class=\"number\">\(swatch($0)) \($0 + 1)</th>" }.joined()
    }

    private var differingTable: String {
        guard !differences.isEmpty else { return "" }
        let rows = differences.map { one in
            "<tr><th>\(escaped(one.key))</th>"
                + one.values.map { "<td class=\"value\">\($0.map(escaped) ?? "&ndash;")</td>" }.joined()
                + "</tr>"
        }
        return """
            <h2>What differs</h2>
            <div class="table"><table class="facts">
            <tr><th></th>\(header)</tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            """
    }

    private var figureTable: String {
        let rows = rows.map { row in
            let cells = runs.indices.map { position in
                let value = row.values[position].map(unbroken) ?? "&ndash;"
                guard position < row.shares.count, let share = row.shares[position] else {
                    return "<td class=\"number\">\(value)</td>"
                }
                return """
                    <td class="number">\(value)\(bar(share.share, share.interval))\
                    <small class="quiet">\(unbroken(percent(share.interval.low, to: share.interval.high))), of \(share.items)</small></td>
                    """
            }
            return "<tr><th>\(escaped(row.name))</th>\(cells.joined())</tr>"
        }
        guard !rows.isEmpty else { return "" }
        let hasBars = self.rows.contains { row in row.shares.contains { $0 != nil } }
        return """
            <h2>What came of it</h2>
            <div class="table"><table class="facts">
            <tr><th></th>\(header)</tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            \(hasBars ? "<p class=\"quiet small\">Bars are shares of right answers, with their 95 % intervals.</p>" : "")
            """
    }

    /// The line by which a run is known in the pictures.
    private func swatch(_ position: Int) -> String {
        let look = Self.look(position)
        return """
            <svg class="swatch" viewBox="0 0 22 6" aria-hidden="true"><line x1="0" y1="3" x2="22" y2="3" \
            stroke="\(look.colour)" stroke-width="3"\(look.isDashed ? " stroke-dasharray=\"6 3\"" : "")/></svg>
            """
    }

    // Lines and ground of the pictures are those of the page, light or dark.
    private static let style = """

        .runs { padding-left: 1.6rem; }
        .swatch { width: 1.4rem; height: .4rem; vertical-align: middle; }
        .value { text-align: right; }
        .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1rem; }
        .curves svg { width: 100%; height: auto; fill: var(--ink); }
        .curves .quiet { fill: var(--quiet); }
        .curves [stroke="#e3e3e3"] { stroke: var(--track); }
        .curves [stroke="#8a8a8a"] { stroke: var(--quiet); }
        """
}
