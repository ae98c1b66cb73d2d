import AkinBasics
import AkinImages

/// What was found among pictures that nobody has labelled, as a page shows it.
public struct DiscoveredPictures: Sendable {
    /// A picture that is best labelled next.
    public struct Next: Sendable {
        /// Its file.
        public var source: Source
        /// What it may be.
        public var guess: String
        /// For how many pictures it tells most.
        public var standsFor: Int

        /// A picture.
        public init(source: Source, guess: String, standsFor: Int) {
            (self.source, self.guess, self.standsFor) = (source, guess, standsFor)
        }
    }

    /// Pictures that may be a class.
    public struct Cluster: Sendable {
        /// Its number.
        public var number: Int
        /// The most typical first.
        public var sources: [Source]
        /// The class of the index that most of them are next to, and how many are.
        public var resembles: String
        /// See `resembles`.
        public var resembling: Int

        /// A cluster.
        public init(number: Int, sources: [Source], resembles: String, resembling: Int) {
            (self.number, self.sources) = (number, sources)
            (self.resembles, self.resembling) = (resembles, resembling)
        }
    }

    /// How many pictures were looked through.
    public var pictures: Int
    /// Of how many the class is known.
    public var known: Int
    /// How many may be of several.
    public var ambiguous: Int
    /// How many are of none.
    public var unknown: Int
    /// How many of these are like no other.
    public var alone: Int
    /// In the order in which they are best labelled.
    public var next: [Next]
    /// The larger first.
    public var clusters: [Cluster]

    /// What was found.
    public init(
        pictures: Int, known: Int, ambiguous: Int, unknown: Int, alone: Int, next: [Next],
        clusters: [Cluster]
    ) {
        (self.pictures, self.known, self.ambiguous, self.unknown) = (pictures, known, ambiguous, unknown)
        (self.alone, self.next, self.clusters) = (alone, next, clusters)
    }
}

extension Sheet {
    /// A contact sheet of candidate classes, and the pictures that are best labelled next.
    ///
    /// - Parameters:
    ///   - limit: How many clusters are shown at most; the sheet says how many were left out.
    ///   - foot: How the page came about.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        discovered found: DiscoveredPictures, title: String = "Pictures without labels", limit: Int = 100,
        foot: PageFoot? = nil, picture: (_ source: Source) -> Image?
    ) {
        let clusters = found.clusters.prefix(max(0, limit))
        let folder = CommonFolder(
            of: clusters.flatMap { $0.sources.prefix(Self.shownOfCluster) } + found.next.map(\.source))
        var body = ["<h1>\(escaped(title))</h1>"]
        body.append(
            "<p>\(counted(found.pictures, "picture")): \(found.known) of classes of the index, \(found.ambiguous) that may be of several, "
                + "\(found.unknown) of none of them.</p>")
        body.append(
            folder.path.isEmpty ? "" : "<p class=\"quiet\">Pictures in \(escaped(folder.path))</p>")
        body.append("<h2>Candidate classes</h2>")
        body.append(
            clusters.isEmpty
                ? "<p>None: no two unknown pictures are alike.</p>"
                : "<p class=\"quiet\">Unknown pictures that are alike, the most typical first. A candidate may be a class that the index has, seen "
                    + "otherwise than there: it says which class it resembles. \(found.alone) more are like no other.</p>"
        )
        body.append("<div class=\"rows\">")
        body += clusters.map { Self.card(of: $0, in: folder, picture: picture) }
        body.append("</div>")
        body.append(Self.left(found.clusters.count - limit, "candidates"))
        if !found.next.isEmpty {
            body.append("<h2>What to label next</h2>")
            body.append(
                "<p class=\"quiet\">In this order, most is known soonest: each is uncertain, stands for others, and is unlike those before "
                    + "it.</p>")
            let figures = found.next.enumerated().map { place, one in
                let others = one.standsFor > 1 ? "stands for \(one.standsFor)" : "stands for itself"
                return figure(
                    of: one.source, in: folder,
                    caption: ["<strong>\(place + 1)</strong> \(escaped(one.guess))", others], picture: picture
                )
            }
            body.append(
                "<section class=\"card\"><div class=\"row\">\n\(figures.joined(separator: "\n"))\n</div></section>"
            )
        }
        if let foot { body.append(foot.html) }
        self.init(html: document(title: title, body: body.joined(separator: "\n")))
    }

    private static let shownOfCluster = 12

    private static func card(
        of cluster: DiscoveredPictures.Cluster, in folder: CommonFolder, picture: (Source) -> Image?
    ) -> String {
        let figures = cluster.sources.prefix(shownOfCluster).map {
            figure(of: $0, in: folder, caption: [], picture: picture)
        }
        let more = cluster.sources.count - figures.count
        return """
            <section class="card">
            <p><strong>Cluster \(cluster.number)</strong> \(counted(cluster.sources.count, "picture")); \
            <span class="quiet">\(cluster.resembling) of them are nearest to \(labelText(cluster.resembles))</span></p>
            <div class="row">
            \(figures.joined(separator: "\n"))
            </div>\(more > 0 ? "<p>\(more) more not shown.</p>" : "")
            </section>
            """
    }
}
