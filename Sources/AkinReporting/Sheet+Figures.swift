import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinImages
import AkinItems

/// A query with its answer, for a sheet.
struct QueryRow {
    let source: Source
    /// Its real class, if known.
    let label: String?
    let answer: Answer

    /// Of the pictures that are shown.
    var sources: [Source] { [source] + answer.neighbours.map(\.item.source) }

    func html(in folder: CommonFolder, picture: (Source) -> Image?) -> String {
        let given = "<strong>\(escaped(answer.label))</strong>"
        let unasked =
            switch answer.verdict {
            case .known: given
            case .unknown: "<strong>unknown</strong>; if it were of one of the classes, \(given)"
            case .ambiguous:
                answer.alternatives.prefix(4).map { "<strong>\(escaped($0))</strong>" }.joined(
                    separator: " or ")
            }
        let verdict =
            switch label {
            case answer.label: "<span class=\"right\">&#10003; right:</span> \(given)"
            case let label?:
                "<span class=\"wrong\">&#10007; wrong:</span> \(given), "
                    + "real class <strong>\(escaped(label))</strong>"
            case nil: unasked
            }
        let real = label.map { ["query; real class", "<strong>\(escaped($0))</strong>"] } ?? ["query"]
        let query = figure(of: source, in: folder, kind: "query", caption: real, picture: picture)
        let figures = answer.neighbours.map { neighbour in
            let mark =
                label.map {
                    neighbour.item.label == $0
                        ? "<span class=\"right\">&#10003;</span> " : "<span class=\"wrong\">&#10007;</span> "
                } ?? ""
            return figure(
                of: neighbour.item.source, in: folder,
                caption: [
                    "\(mark)\(escaped(neighbour.item.label))",
                    "distance \(escaped(distanceText(neighbour.distance)))",
                ],
                picture: picture)
        }
        let others = answer.tied.dropFirst().map(escaped).joined(separator: ", ")
        let tied = others.isEmpty ? "" : ", tied with \(others)"
        return """
            <section class="card">
            <p>\(verdict) <span class="quiet">(confidence \(fixed(Double(answer.confidence), digits: 2))\(tied))</span></p>
            <div class="row">
            \(([query] + figures).joined(separator: "\n"))
            </div>
            </section>
            """
    }
}

extension Mistake {
    /// Of the pictures that are shown.
    var sources: [Source] { [source] + (nearest.map { [$0] } ?? []) }

    func html(in folder: CommonFolder, picture: (Source) -> Image?) -> String {
        let left = figure(
            of: source, in: folder, caption: ["real class", "<strong>\(escaped(label))</strong>"],
            sized: true,
            picture: picture)
        let closest = nearest.map {
            figure(
                of: $0, in: folder,
                caption: [
                    "closest image" + (distance.map { ", at \(escaped(distanceText($0)))" } ?? ""),
                    "<strong>\(escaped(nearestLabel ?? ""))</strong>",
                ], sized: true, picture: picture)
        }
        return """
            <section class="card">
            <p><strong>\(escaped(label))</strong> <span class="wrong">taken for</span> \
            <strong>\(escaped(predicted))</strong></p>
            <div class="pair">
            \(([left] + (closest.map { [$0] } ?? [])).joined(separator: "\n"))
            </div>
            </section>
            """
    }
}

/// A path that may be broken after its slashes rather than anywhere.
private func breakable(_ path: String) -> String { escaped(path).replacing("/", with: "/<wbr>") }

/// A picture with lines of HTML below it, its name within `folder` and, if `sized`, its size in pixels.
func figure(
    of source: Source, in folder: CommonFolder, kind: String? = nil, caption: [String], sized: Bool = false,
    picture: (Source) -> Image?
) -> String {
    let name = folder.name(of: source)
    let image = picture(source)
    let size = image.map { sized ? ", \($0.width)&nbsp;&times;&nbsp;\($0.height)" : "" } ?? ""
    let lines = caption + ["<small title=\"\(escaped(source.path))\">\(breakable(name))\(size)</small>"]
    return """
        <figure\(kind.map { " class=\"\($0)\"" } ?? "")>\(Thumbnail.html(of: image, name: name))
        <figcaption>\(lines.joined(separator: "<br>"))</figcaption></figure>
        """
}
