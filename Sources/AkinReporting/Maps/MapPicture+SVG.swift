import AkinBasics

extension MapPicture {
    /// The picture alone, for a text or a slide: a document of SVG that needs nothing beside itself, with the classes at its right
    /// where these are no more than `mostListed`.
    package var svg: String {
        let layout = MapLayout(self)
        let isListed = classes.count <= Self.mostListed
        let width = MapLayout.width + (isListed ? 280 : 0)
        let top = 72.0
        let legendHeight = isListed ? 24 * Double(classes.count) + 20 : 0
        let height = top + max(layout.height, legendHeight) + 56
        let lines = captions
        let size = "\(fixed(width, digits: 0)) \(fixed(height, digits: 0))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(fixed(width, digits: 0))" \
            height="\(fixed(height, digits: 0))" font-family="system-ui, sans-serif" fill="#1b1b1b" role="img">
            <title>\(escaped("Map of \(name)"))</title>
            <style>
            text { unicode-bidi: plaintext; }
            @media (prefers-color-scheme: dark) {
              .ground { fill: #161616; } text { fill: #ececec; } .quiet { fill: #a9a9a9; } .label { stroke: #161616; }
              .marks { stroke: #161616; } \(MapSign.darkStyle)
            }
            </style>
            <rect class="ground" width="100%" height="100%" fill="#ffffff"/>
            \(line(MapLayout.shortenedTitle("Map of \(name)"), 24, 34, "font-size=\"20\" font-weight=\"600\""))
            \(line("\(extent); \(note(layout))", 24, 58, "font-size=\"13\" class=\"quiet\" fill=\"#5c5c5c\""))
            <g transform="translate(0 \(fixed(top, digits: 0)))">
            \(drawing(layout))
            \(isListed ? drawnLegend : "")
            </g>
            \(line(lines[0], 24, height - 32, "font-size=\"13\" class=\"quiet\" fill=\"#5c5c5c\""))
            \(line(lines[1], 24, height - 12, "font-size=\"13\" class=\"quiet\" fill=\"#5c5c5c\""))
            </svg>

            """
    }

    /// What the signs do not say by themselves.
    private func note(_ layout: MapLayout) -> String {
        let leftOut = layout.labels.count(where: \.isLeftOut)
        var notes = leftOut > 0 ? ["\(counted(leftOut, "label")) without room left out"] : []
        if classes.count > MapSign.count { notes.append("a sign may stand for several classes") }
        return (["\(items.count == all ? "all" : "some") of the index"] + notes).joined(separator: "; ")
    }

    private var captions: [String] {
        let trusted = trustText.map { "; trustworthiness \($0) (1 is best, 0.5 is chance)" } ?? ""
        let method = "Placed by \(method)\(trusted)."
        switch map.method {
        case .neighbours:
            return [
                "Near marks are alike to the backbone. How far apart groups lie, and how large they are, says little.",
                method,
            ]
        case .principalComponents:
            return ["Far marks are unlike to the backbone. Near ones may lie one behind the other.", method]
        }
    }

    /// Marks and labels, without a document around them.
    func drawing(_ layout: MapLayout) -> String {
        let groups = classes.map { one in
            let marks = one.items.map { item in
                let place = layout.places[item]
                return
                    "<use href=\"#m\(one.sign.shape)\" x=\"\(fixed(place.x, digits: 1))\" y=\"\(fixed(place.y, digits: 1))\"/>"
            }
            return "<g \(one.sign.fill) data-k=\"\(one.number)\">\(marks.joined())</g>"
        }
        let labels = layout.labels.map { label in
            let hidden = label.isLeftOut ? " display=\"none\"" : ""
            return line(
                label.text, label.place.x, label.place.y + layout.fontSize * 0.35,
                "class=\"label\" data-k=\"\(label.classNumber)\" text-anchor=\"middle\"\(hidden)")
        }
        return """
            \(MapSign.definitions(scale: layout.scale))
            <g class="marks" stroke="#ffffff" stroke-width="0.8">
            \(groups.joined(separator: "\n"))
            </g>
            <g font-size="\(fixed(layout.fontSize, digits: 0))" font-weight="600" stroke="#ffffff" stroke-width="3.5" \
            stroke-linejoin="round" paint-order="stroke">
            \(labels.joined(separator: "\n"))
            </g>
            """
    }

    private var drawnLegend: String {
        classes.enumerated().map { row, one in
            let y = 24 * Double(row) + 24
            return """
                <g \(one.sign.fill)><path d="\(MapSign.shapes[one.sign.shape])" \
                transform="translate(1020 \(fixed(y - 5, digits: 0)))"/></g>\
                \(line("\(MapLayout.shortened(one.label)), \(one.items.count)", 1036, y, "font-size=\"14\""))
                """
        }.joined(separator: "\n")
    }
}

extension MapLayout {
    fileprivate static func shortenedTitle(_ title: String) -> String {
        title.count > 90 ? title.prefix(89) + "…" : title
    }
}

private func line(_ text: String, _ x: Double, _ y: Double, _ attributes: String) -> String {
    "<text x=\"\(fixed(x, digits: 1))\" y=\"\(fixed(y, digits: 1))\" \(attributes)>\(escaped(text))</text>"
}
