import AkinBasics
import AkinEvaluation
import AkinImages

/// A query with its answer and its neighbours, for a sheet.
public struct QueryRow: Sendable, Equatable {
    /// An item of the index that is near the query.
    public struct Neighbour: Sendable, Equatable {
        /// Where it comes from.
        public var source: Source
        /// Its class.
        public var label: String
        /// From the query to it.
        public var distance: Float

        /// A neighbour of the query.
        public init(source: Source, label: String, distance: Float) {
            self.source = source
            self.label = label
            self.distance = distance
        }
    }

    /// Where the query comes from.
    public var source: Source
    /// Its real class, if known.
    public var label: String?
    /// The class it was given.
    public var predicted: String
    /// 0...1.
    public var confidence: Float
    /// Nearest first.
    public var neighbours: [Neighbour]

    /// A query with its answer.
    public init(
        source: Source, label: String? = nil, predicted: String, confidence: Float, neighbours: [Neighbour]
    ) {
        self.source = source
        self.label = label
        self.predicted = predicted
        self.confidence = confidence
        self.neighbours = neighbours
    }
}

extension QueryRow {
    func html(in folder: CommonFolder, picture: (Source) -> Image?) -> String {
        let answer = "<strong>\(escaped(predicted))</strong>"
        let verdict =
            switch label {
            case predicted: "<span class=\"right\">&#10003; right:</span> \(answer)"
            case let label?:
                "<span class=\"wrong\">&#10007; wrong:</span> \(answer), "
                    + "real class <strong>\(escaped(label))</strong>"
            case nil: answer
            }
        let real = label.map { ["query; real class", "<strong>\(escaped($0))</strong>"] } ?? ["query"]
        let query = figure(of: source, in: folder, kind: "query", caption: real, picture: picture)
        let figures = neighbours.map { neighbour in
            let mark =
                label.map {
                    neighbour.label == $0
                        ? "<span class=\"right\">&#10003;</span> " : "<span class=\"wrong\">&#10007;</span> "
                } ?? ""
            return figure(
                of: neighbour.source, in: folder,
                caption: [
                    "\(mark)\(escaped(neighbour.label))",
                    "distance \(escaped(distanceText(neighbour.distance)))",
                ],
                picture: picture)
        }
        return """
            <section class="card">
            <p>\(verdict) <span class="quiet">(confidence \(fixed(Double(confidence), digits: 2)))</span></p>
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
private func figure(
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
