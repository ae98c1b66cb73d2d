import AkinBasics
import AkinImages
import AkinTensors
import AkinVectorSearch
import Foundation

extension Sheet {
    /// A map whose marks show their pictures, with what a reader has to know of such maps before it.
    ///
    /// - Parameter pictures: Of items, by their positions; the others show their names alone.
    package init(map: MapPicture, pictures: [Int: Image]) {
        var map = map
        map.hasPictures = !pictures.isEmpty
        let layout = MapLayout(map)
        let order = map.classes.flatMap(\.items)
        let side = map.pictureSide
        let shown = pictures.mapValues {
            MapPicture.Shown(
                address: Thumbnail.dataAddress(of: $0.reduced(to: side)),
                isTiny: max($0.width, $0.height) <= Thumbnail.tiny)
        }
        let body = [
            "<h1>Map of \(labelText(map.name))</h1>", map.introduction(pictures.count),
            "<h2>The map</h2>", map.legend, map.plot(layout), MapPicture.tip,
            "<h2>How it was made</h2>", map.facts, map.data(order, shown),
        ]
        self.init(
            html: document(
                title: "Akin: map of \(map.name)", body: body.joined(separator: "\n"),
                moreStyle: MapScript.style, script: MapScript.script))
    }
}

extension MapPicture {
    /// So many items have pictures on a page at most.
    package static let mostPictures = 1000

    /// The positions of those that are to have pictures: of each class its share, from all over it.
    package var pictured: [Int] {
        guard items.count > Self.mostPictures else { return Array(items.indices) }
        let order = classes.flatMap(\.items)
        return (0..<Self.mostPictures).map { order[$0 * order.count / Self.mostPictures] }
    }

    /// Their longer side, in pixels: a page of a thousand has to go by mail.
    package var pictureSide: Int { items.count > 300 ? 96 : 160 }

    private var thing: String { hasPictures ? "picture" : "item" }

    func introduction(_ pictures: Int) -> String {
        let part = items.count < all ? ", of \(all) in the index" : ""
        var lines = [
            "<p><strong>\(unbroken(counted(items.count, thing))) of \(countedClasses(classes.count))</strong>\(part). "
                + "Each mark is one of them; its colour and shape tell its class.</p>"
        ]
        if items.count > 1 {
            lines += reading.map { "<li>\($0)</li>" }
            lines.insert("<ul>", at: 1)
            lines.append("</ul>")
        }
        lines.append("<p class=\"quiet screen\">\(pointing(pictures))</p>")
        return lines.joined(separator: "\n")
    }

    /// What somebody has to know who has never seen such a map.
    private var reading: [String] {
        let near =
            "<strong>Near means alike.</strong> Marks that lie close together are alike to the backbone, which has made numbers of "
            + "each \(thing). A mark among those of another class may look like them, or have a wrong label."
        let areOne = Set((0..<items.count).map { [map.points[$0, 0], map.points[$0, 1]] }).count == 1
        if areOne {
            return [
                "<strong>All lie at one point:</strong> to the backbone they are all the same, and it can tell none of them from "
                    + "another. Look whether they are copies, or blank, or take another backbone."
            ]
        }
        switch map.method {
        case .neighbours:
            return [
                near,
                "<strong>Far says little.</strong> A map cannot keep all distances, and this one keeps near ones. How far apart two "
                    + "groups lie, which lies beside which, and how large or dense a group is, means next to nothing.",
                trusting,
            ].compactMap { $0 }
        case .principalComponents where items.count <= 3:
            return ["So few lie on a plane just as they do among all numbers: this map keeps all distances."]
        case .principalComponents:
            let share = map.share.map { "It shows \(unbroken(percent($0))) of how they vary. " } ?? ""
            return [
                "<strong>It is a shadow</strong> of a cloud of points, seen from where it is widest. \(share)Marks that lie far apart "
                    + "are unlike indeed.",
                "<strong>Near may deceive.</strong> Marks that lie close together may be alike to the backbone, or lie one behind the "
                    + "other, as two stars do.",
                trusting,
            ].compactMap { $0 }
        }
    }

    private var trusting: String? {
        guard let trust, let text = trustText else {
            return items.count > 3 ? nil : "There are too few to say how far the map can be trusted."
        }
        let verdict =
            switch trust.value {
            case 0.95...: "nearly all that lies together here belongs together"
            case 0.85..<0.95: "most of what lies together here belongs together, but not all"
            default:
                "much that lies together here does not belong together: do not rely on the map without looking"
            }
        return
            "<strong>How far to trust it:</strong> its trustworthiness is <strong>\(text)</strong>, where 1 is best and 0.5 is what chance "
            + "gives: \(verdict). It tells whether the \(counted(trust.neighbours, "mark")) nearest to each are among the most alike."
    }

    private func pointing(_ pictures: Int) -> String {
        let few = items.count == 1 ? "the mark" : "a mark"
        switch pictures {
        case 0: return "Point at \(few), or touch it, to see its name. No pictures are at hand."
        case items.count: return "Point at \(few), or touch it, to see its picture and its name."
        default:
            let why =
                items.count > Self.mostPictures || lacksRoom
                ? "of each class its share, so that the page stays small; the others show their names"
                : "the others could not be read, and show their names"
            return
                "Point at \(few), or touch it, to see its picture and its name. \(pictures) of \(items.count) have a picture "
                + "here, \(why)."
        }
    }

    /// The classes, to bring one out.
    var legend: String {
        let entries = classes.map { one in
            """
            <li><button type="button" data-k="\(one.number)" aria-pressed="false"><svg viewBox="-8 -8 16 16" aria-hidden="true">\
            <path \(one.sign.fill) d="\(MapSign.shapes[one.sign.shape])"/></svg>\(labelText(one.label)) \
            <small>\(one.items.count)</small></button></li>
            """
        }
        // Beyond what can be overlooked it scrolls; of more than a hundred nobody prints the list.
        let kind = classes.count > 100 ? " long endless" : classes.count > Self.mostListed ? " long" : ""
        let find =
            classes.count > 12
            ? "<p class=\"find\"><label>Find classes: <input id=\"find\" type=\"search\" autocomplete=\"off\"></label></p>"
            : ""
        var notes = classes.count > 1 ? ["Point at a class to bring it out; click to keep it."] : []
        if classes.count > MapSign.count {
            notes.append(
                "There are more classes than signs: of \(MapSign.count) signs, each stands for several classes."
            )
        }
        return """
            <p class="quiet screen">\(notes.joined(separator: " "))</p>
            \(find)
            <ul class="legend\(kind)">
            \(entries.joined(separator: "\n"))
            </ul>
            """
    }

    func plot(_ layout: MapLayout) -> String {
        """
        <figure class="plot"><svg viewBox="0 0 \(fixed(MapLayout.width, digits: 0)) \(fixed(layout.height, digits: 0))" \
        font-family="system-ui, sans-serif" role="img" aria-label="\(escaped("map of \(extent)"))" \
        style="--s: \(fixed(layout.scale, digits: 2)); --f: \(fixed(layout.fontSize, digits: 0))px" \
        data-spacing="\(fixed(layout.spacing, digits: 0))">
        \(drawing(layout))
        <circle class="ring" r="10" fill="none" stroke="#1b1b1b" display="none"/>
        </svg></figure>
        """
    }

    fileprivate var facts: String {
        var rows = [
            ("Index", escaped(index)), ("Backbone", escaped(backbone)), ("Metric", escaped(metric.rawValue)),
            ("Placed by", unbroken(method)),
        ]
        if case .neighbours = map.method { rows.append(("Seed", "\(seed)")) }
        if let trust, let text = trustText {
            let asked = trust.asked < items.count ? ", around \(trust.asked) marks drawn at random" : ""
            rows.append(
                ("Trustworthiness", "\(text), by the \(counted(trust.neighbours, "nearest mark"))\(asked)"))
        }
        let time = date.formatted(.iso8601.year().month().day())
        rows.append(("Made", "\(time) by Akin \(akinVersion)"))
        return factTable(rows)
    }

    /// What the script shows the marks in.
    static let tip =
        "<figure id=\"tip\" class=\"card\" hidden><img alt=\"\"><p><strong></strong><br><small></small></p></figure>"

    /// A picture that the script shows.
    struct Shown {
        /// As data, or `#` and the id of an element that has it.
        var address: String
        /// Whether it is shown pixel by pixel.
        var isTiny: Bool
    }

    /// What the script reads, in the order of the marks.
    func data(_ order: [Int], _ pictures: [Int: Shown]) -> String {
        struct Data: Encodable {
            var labels, names: [String]
            var pictures: [Int: String]
            var tiny: [Int]
        }
        let folder = CommonFolder(of: items.map(\.source))
        var data = Data(labels: classes.map { printable($0.label) }, names: [], pictures: [:], tiny: [])
        for (mark, item) in order.enumerated() {
            data.names.append(printable(folder.name(of: items[item].source)))
            guard let picture = pictures[item] else { continue }
            data.pictures[mark] = picture.address
            if picture.isTiny { data.tiny.append(mark) }
        }
        return dataElement(id: "data", data)
    }
}
