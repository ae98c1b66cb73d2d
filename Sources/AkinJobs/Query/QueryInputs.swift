import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import Synchronization

/// The pictures that a query is asked about, in the order in which they were given, read ahead of their use by a thread of its own.
final class QueryInputs: Sendable {
    /// Some of them, and what was made of those that can be read.
    struct Batch: Sendable {
        /// In order.
        let inputs: [Input]
        fileprivate let read: InputBatch
        /// For which it was read.
        fileprivate let input: BackboneInput
        /// How many there are with those before it, and how many there will be; nil where nobody knows.
        let progress: WorkProgress?

        /// What was read, and is read again where that was for another input. Its positions are those among `inputs` that have a
        /// sample, in their order.
        func read(for input: BackboneInput) -> InputBatch {
            if input == self.input { return read }
            let samples = Dataset(samples: inputs.compactMap(\.sample)).withPages(takingAll: false).samples
            return InputReader(samples, for: input).read(samples.indices)
        }
    }

    /// A picture as it was given.
    struct Input: Sendable {
        /// As `QueryAnswer.input`.
        let name: String
        /// Where it lies.
        let source: Source
        /// What is wrong with it, where that is known before it is read.
        var failure: String?
        /// Nil where there is nothing to be read.
        fileprivate(set) var sample: Sample?
    }

    /// Where paths come from.
    struct Paths: Sendable {
        /// Gives the next ones, so many at most, and waits for one; none at the end.
        let next: Query.Paths
        /// How many there are; nil where nobody knows.
        let count: Int?
        /// Whether `-` is standard input, and not a file of that name.
        let takesStandardInput: Bool
    }

    /// What is made of a picture: the index may be given another backbone.
    private final class Wanted: Sendable {
        let input: Mutex<BackboneInput>

        init(_ input: BackboneInput) { self.input = Mutex(input) }
    }

    private let queue: BoundedQueue<Batch>
    private let wanted: Wanted
    private let reading: Background<Dataset, Never>
    private let mayWaitForEver: Bool

    init(_ paths: Paths, waitsForInput: Bool, _ folders: FolderReading, for input: BackboneInput) {
        let (queue, wanted) = (BoundedQueue<Batch>(capacity: 2), Wanted(input))
        (self.queue, self.wanted) = (queue, wanted)
        mayWaitForEver = waitsForInput
        reading = Background { () throws(Never) in
            defer { queue.close() }
            var gathering = Gathering(queue, count: paths.count) { wanted.input.withLock { $0 } }
            while true {
                let given = paths.next(gathering.size)
                if given.isEmpty { return gathering.found }
                for path in given {
                    if path == "-", paths.takesStandardInput {
                        // What is there already need not wait for it.
                        guard gathering.push() else { return gathering.found }
                        gathering.append([Self.standardInput])
                    } else if Folder.isFolder(path) {
                        guard gathering.push() else { return gathering.found }
                        gathering.append(Self.pictures(inFolder: path, folders, &gathering))
                    } else {
                        gathering.append([Self.picture(path)])
                    }
                }
                guard gathering.push() else { return gathering.found }
            }
        }
    }

    /// Waits for the next; nil at the end, and once nobody wants it any more.
    func next(unless isCancelled: () -> Bool) -> Batch? { queue.pop(unless: isCancelled) }

    /// Whether there was nothing more.
    var isOver: Bool { queue.isOver }

    /// From now on pictures are read for this.
    func read(for input: BackboneInput) { wanted.input.withLock { $0 = input } }

    /// Once there is no more: what there is to say of what was found, without the pictures.
    var found: Dataset { reading.result() }

    /// Reads no more.
    func stop() {
        queue.close()
        // Somebody's next line, or what comes on standard input.
        if !mayWaitForEver { _ = reading.result() }
    }
}

/// Inputs on their way into batches.
private struct Gathering {
    private let queue: BoundedQueue<QueryInputs.Batch>
    private let input: () -> BackboneInput
    private var inputs: [QueryInputs.Input] = []
    private var (given, done) = (0, 0)
    private var total: Int?
    private var passedOver: [Ignored] = []
    private var remarks: [DatasetRemark] = []
    private var pages: [MorePages] = []
    /// So many make a batch: fewer at first, so that the first answers come soon.
    private(set) var size = 4

    /// A look at all items of an index costs less for each picture the more of them share it; but large pictures take memory.
    private static func largestSize(for input: BackboneInput) -> Int {
        max(64, min(256, (16 << 20) / (4 * input.count)))
    }

    /// So much is kept to be told at the end, of a query that may go on for ever.
    private static let mostTold = 1000

    init(_ queue: BoundedQueue<QueryInputs.Batch>, count: Int?, for input: @escaping () -> BackboneInput) {
        (self.queue, self.input, total) = (queue, input, count)
    }

    /// What there is to say at the end.
    var found: Dataset {
        let more = pages.isEmpty ? [] : [DatasetRemark.morePages(pages)]
        return Dataset(samples: [], ignored: Ignored.list(passedOver), remarks: remarks + more, pages: pages)
    }

    mutating func append(_ some: [QueryInputs.Input]) {
        inputs += some
        total = total.map { $0 + some.count - 1 }
    }

    mutating func note(_ folder: Dataset) {
        passedOver = Ignored.list(passedOver + folder.ignored)
        if remarks.count < Self.mostTold { remarks += folder.remarks }
    }

    /// Reads what there is; false once nobody wants it.
    mutating func push() -> Bool {
        var first = 0
        while first < inputs.count {
            let some = inputs[first..<min(first + size, inputs.count)]
            let dataset = Dataset(samples: some.compactMap(\.sample)).withPages(takingAll: false)
            if pages.count < Self.mostTold { pages += dataset.pages }
            done += some.count
            let input = input()
            let batch = QueryInputs.Batch(
                inputs: Array(some),
                read: InputReader(dataset.samples, for: input).read(dataset.samples.indices), input: input,
                progress: total.map { WorkProgress(done: done, total: $0) })
            guard queue.push(batch) else { return false }
            first += some.count
            size = min(2 * size, Self.largestSize(for: input))
        }
        inputs.removeAll()
        return true
    }
}

/// Their labels are what is asked for; one is needed to find them all.
private let label = "unknown"

extension QueryInputs {
    private static var standardInput: Input {
        do throws(FileError) {
            let bytes = try FileBytes.readStandardInput(limit: DecodingLimits.standard.memory)
            return Input(name: "-", source: "-", sample: Sample(bytes: bytes, source: "-", label: label))
        } catch { return Input(name: "-", source: "-", failure: "\(error)") }
    }

    private static func picture(_ path: String) -> Input {
        func failure(_ reason: String) -> Input {
            Input(name: path, source: Source(absolutePath(path)), failure: reason)
        }
        if path.isEmpty { return Input(name: "", source: "", failure: "an empty line, no path") }
        if path.utf8.contains(0) {
            return failure("a zero byte in a path; where these end the paths of a list, give -0 with it")
        }
        do throws(DatasetError) {
            let dataset = try Dataset(files: [path], label: label)
            guard let sample = dataset.samples.first else {
                let hint = path.contains("\n") ? "; where a list has a line for each path, leave out -0" : ""
                return failure(dataset.skipped[0].reason + hint)
            }
            return Input(name: path, source: sample.source, sample: sample)
        } catch { return failure("\(error)") }
    }

    /// All of a folder, in the order of their paths, and then what cannot be read.
    private static func pictures(
        inFolder path: String, _ folders: FolderReading, _ gathering: inout Gathering
    ) -> [Input] {
        let root = absolutePath(path)
        let prefix = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
        let length = root == "/" ? 1 : root.utf8.count + 1
        func name(_ source: Source) -> String {
            prefix + String(decoding: source.path.utf8.dropFirst(length), as: UTF8.self)
        }
        do throws(DatasetError) {
            let dataset = try Dataset(files: [path], label: label, folders)
            gathering.note(dataset)
            return dataset.samples.map { Input(name: name($0.source), source: $0.source, sample: $0) }
                + dataset.skipped.map { Input(name: name($0.source), source: $0.source, failure: $0.reason) }
        } catch {
            let reason: String
            switch error {
            case .noImages(_, let ignored):
                let others = ignored.map(\.description).joined(separator: ", ")
                reason = "a folder without a picture" + (others.isEmpty ? "" : "; in it: \(others)")
            // The path is said with it.
            case .unreadableFolder(_, let why): reason = why
            default: reason = "\(error)"
            }
            return [Input(name: path, source: Source(root), failure: reason)]
        }
    }
}
