import AkinBasics
import AkinClassification

extension AnswerList {
    /// The first answers, and what the script fills; to stand before what is written.
    var html: String {
        let part =
            count > rows.count
            ? "<p class=\"plain\">The first \(rows.count) of \(count). A browser that runs the script of this page shows all.</p>"
            : ""
        let left =
            pictures.leftOut > 0
            ? "<p class=\"quiet\">\(counted(pictures.leftOut, "picture")) left out for want of room: a page has at most "
                + "\(pictures.room >> 20) MiB of them.</p>" : ""
        let pager = "<nav class=\"pager screen\" hidden></nav>"
        return """
            <section id="answers" aria-label="answers">
            <form id="choice" class="screen" hidden></form>
            <p id="shown" class="quiet" role="status"></p>\(part)\(left)
            \(pager)
            <ol id="replies">
            \(rows.joined(separator: "\n"))
            </ol>
            \(pager)
            </section>

            """
    }
}

extension ShownAnswer {
    /// A picture's number, and what it looks like where it is there.
    typealias Place = (number: Int, shown: AnswerPictures.Shown?)

    /// As the page's script makes it.
    func html(_ place: (Source) -> Place) -> String {
        let right = isRight.map { isRight in
            isRight
                ? "<p class=\"right\">&#10003; right</p>"
                : "<p class=\"wrong\">&#10007; wrong, real class <strong>\(Self.html(of: label ?? ""))</strong></p>"
        }
        let remarks = remarks.isEmpty ? "" : "<p class=\"quiet\">(\(escaped(remarks)))</p>"
        let own =
            picture.map { Self.frame($0, place($0)) }
            ?? "<div class=\"picture missing\">\(words == nil ? "not read" : "no picture")</div>"
        let near = neighbours.map { near in
            """
            <li>\(Self.frame(near.source, place(near.source)))<p>\(mark(near))\(Self.html(of: near.label)) \
            <small>\(escaped(threeDigits(near.distance)))</small></p></li>
            """
        }
        return """
            <li class="reply \(words?.verdict.rawValue ?? "unread")">\(own)
            <div class="said"><p><strong><bdi>\(escaped(name))</bdi></strong> <span>\(escaped(words?.share ?? ""))</span></p>\
            \(right ?? "")\(remarks)<p class="quiet"><bdi>\(path)</bdi></p></div>
            <ol class="near">\(near.joined())</ol></li>
            """
    }

    /// On paper its last two parts have room.
    private var path: String {
        let parts = input.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return escaped(input) }
        let (folder, rest) = (parts.dropLast(2), parts.suffix(2))
        return "<span class=\"dir\">\(escaped(folder.joined(separator: "/")))/</span>"
            + escaped(rest.joined(separator: "/"))
    }

    private static func html(of label: String) -> String {
        "<bdi>\(escaped(AnswerWords.shortened(label)))</bdi>"
    }

    /// Whether an item is of the real class, where that is known.
    private func mark(_ near: Near) -> String {
        guard let label else { return "" }
        return near.label == label
            ? "<span class=\"right\">&#10003;</span> " : "<span class=\"wrong\">&#10007;</span> "
    }

    private static func frame(_ source: Source, _ place: Place) -> String {
        let path = escaped(source.path)
        guard let shown = place.shown else {
            let left = place.number == AnswerPictures.Missing.leftOut.rawValue
            return "<div class=\"picture missing\" title=\"\(path)\">\(left ? "left out" : "missing")</div>"
        }
        return """
            <div class="picture\(shown.isTiny ? " tiny" : "")"><img data-p="\(place.number)" alt="\(path)" title="\(path)" \
            src="\(shown.address)"></div>
            """
    }
}
