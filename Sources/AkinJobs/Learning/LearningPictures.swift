import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinTensors

/// The pictures of a folder on which is tried what to learn from them: all of them, or of very many some of each class.
///
/// They are in an order in which every beginning has its share of each class: one of each, and then a second one.
struct LearningPictures {
    /// Those that can be read.
    let samples: [Sample]
    /// Of what each was made.
    let contents: [ContentHash]
    /// What they look like.
    let look: PictureLook
    /// Those that cannot be read, as far as that was seen.
    let skipped: [Skipped]

    /// How many are tried at most.
    static let limit = 3000

    /// Reads each of some pictures once, in a small size.
    ///
    /// - Returns: nil where `isCancelled` has ended it.
    init?(
        _ dataset: Dataset, seed: UInt64, isCancelled: () -> Bool, progress: (WorkProgress) -> Void
    ) {
        let order = ItemLabels(dataset.samples.map(\.label)).drawnInTurn(seed: seed)
        let drawn = order.prefix(Self.limit).map { dataset.samples[$0] }
        var (samples, contents, looks) = ([Sample](), [ContentHash](), [PictureLook.One]())
        var skipped: [Skipped] = []
        let block = 32 * ThreadPool.shared.threads
        for first in stride(from: 0, to: drawn.count, by: block) {
            guard !isCancelled() else { return nil }
            let part = Array(drawn[first..<min(first + block, drawn.count)])
            let read = ThreadPool.shared.map(part.count) { Self.read(part[$0]) }
            for (sample, read) in zip(part, read) {
                switch read {
                case .success(let (hash, look)):
                    samples.append(sample)
                    contents.append(hash)
                    looks.append(look)
                case .failure(let error): skipped.append(Skipped(source: sample.source, error: error))
                }
            }
            progress(WorkProgress(done: first + part.count, total: drawn.count))
        }
        (self.samples, self.contents, self.skipped) = (samples, contents, skipped)
        look = PictureLook(looks)
    }

    private static func read(
        _ sample: Sample
    ) -> Result<(ContentHash, PictureLook.One), DatasetError> {
        do throws(DatasetError) {
            let content = try sample.content()
            return .success((content.hash, PictureLook.One(try content.image(fitting: PictureLook.size))))
        } catch {
            return .failure(error)
        }
    }

    /// The first of them, ready for being left out.
    func labels(first count: Int) -> ItemLabels { ItemLabels(samples.prefix(count).map(\.label)) }

    /// What of the first of them is left out together: a group, or each alone, and copies always.
    func folds(first count: Int) -> Folds {
        Folds(groups: samples.prefix(count).map(\.group), contents: Array(contents.prefix(count)))
    }

    /// Those of the first that are not alone in their class, when all that is left out with them is gone.
    func answerable(first count: Int) -> [Int] {
        let folds = folds(first: count)
        let labels = labels(first: count)
        return labels.classes.indices.filter { item in
            let own = labels.classes[item]
            return folds.leftOut(with: item).count { labels.classes[$0] == own } < labels.counts[own]
        }
    }

    /// For each of the first the number of its group, from 0; what has none stands alone.
    func groupNumbers(first count: Int) -> [Int] {
        let folds = folds(first: count)
        return (0..<count).map { folds.fold(of: $0) }
    }

    /// Whether some belong together.
    var hasGroups: Bool { samples.contains { $0.group != nil } }
}
