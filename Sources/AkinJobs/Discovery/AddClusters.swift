import AkinBasics
import AkinDatasets
import AkinIndexing

/// Makes classes of clusters that `Discover` has found, by the manifest that it wrote: so it is sure that the pictures are those
/// that were looked at. It is one change of the index; done again, it changes nothing.
public struct AddClusters: Job {
    /// The manifest.
    public var manifest: String
    /// For each cluster, by its number, its label.
    public var labels: [Int: String]
    /// To which index their pictures are added.
    public var index: IndexPlace

    /// What is to be made of which.
    public init(_ labels: [Int: String], of manifest: String, to index: IndexPlace) {
        (self.labels, self.manifest, self.index) = (labels, manifest, index)
    }

    /// Adds them. What is in the index already keeps its label.
    ///
    /// - Throws: `JobError.noCluster` where the manifest has none of that number: nothing is changed then.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> AddPictures.Result {
        let all = try Dataset(manifest: manifest)
        let given = Dictionary(
            uniqueKeysWithValues: labels.map { (Discover.Result.label(ofCluster: $0), $1) })
        let known = Set(all.labels)
        for number in labels.keys.sorted() where !known.contains(Discover.Result.label(ofCluster: number)) {
            throw JobError.noCluster(number, manifest: manifest)
        }
        let samples = all.samples.compactMap { sample -> Sample? in
            guard let label = given[sample.label] else { return nil }
            var sample = sample
            sample.label = label
            return sample
        }
        return try index.changing(monitor) {
            try AddPictures.add(all.with(samples), to: $0, keepingLabels: true, monitor)
        }
    }
}
