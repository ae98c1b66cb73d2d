import AkinBasics
import AkinClassification
import AkinExchange
import AkinReporting

extension Discover.Result {
    /// How a cluster is called in a manifest.
    static func label(ofCluster number: Int) -> String { "cluster-\(number)" }

    /// With the columns `path` and `label`: a row for each picture of a cluster, whose label is `cluster-` and its number.
    func writeManifest(to file: OutputFile) throws(WriteError) {
        let rows = clusters.flatMap { cluster in
            cluster.sources.map { "\($0.path.quotedField),\(Self.label(ofCluster: cluster.number))" }
        }
        // Without the mark Excel takes it for something else than UTF-8.
        try file.write((["\u{FEFF}path,label"] + rows).joined(separator: "\n").utf8 + [0x0A])
    }

    /// For a page.
    var shown: DiscoveredPictures {
        DiscoveredPictures(
            pictures: pictures, known: known, ambiguous: ambiguous, unknown: unknown, alone: alone.count,
            next: next.map { one in
                DiscoveredPictures.Next(
                    source: one.source,
                    guess: one.verdict == .unknown
                        ? one.cluster.map { "unknown, in cluster \($0)" } ?? "unknown, like no other"
                        : "perhaps \(one.label)", standsFor: one.standsFor)
            },
            clusters: clusters.map { cluster in
                DiscoveredPictures.Cluster(
                    number: cluster.number, sources: cluster.sources, resembles: cluster.resembles,
                    resembling: cluster.resembling)
            })
    }
}
