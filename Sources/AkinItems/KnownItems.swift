import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinTensors
import Synchronization

/// What the gallery has of the samples that are to be added, and what is to become of each.
///
/// Content is what an item is. So a file whose content is known may be an item's in a new place; that shows only when
/// all files have been read, and such files wait until then.
final class KnownItems<Home: Gallery>: Sendable {
    /// Those that are to be added, each file once.
    let samples: [Sample]
    /// How many files came twice, by another path each.
    let doubled: Int
    private let gallery: Home
    private let keepsLabels: Bool
    /// Where the samples' files lie.
    private let places: [Source]
    /// The same: whether these still hold what they held is about to be seen.
    private let allPlaces: Set<Source>
    private let state: Mutex<State>

    private struct State {
        /// Of the batches that have been chosen and not yet embedded, in their order.
        var batches: [[Item?]] = []
        /// As they were before anything was added; nil until the first batch.
        var contents: Contents?
        var alike: [ContentHash: AlikeItems] = [:]
        var places: SourcePlaces
    }

    /// The items of one content.
    struct AlikeItems {
        var items: [Item] = []
        /// By where their files lie.
        var byPlace: [Source: Item] = [:]
        /// Whether the file of one may be gone, or hold something else by now.
        var mayBeLost = false
    }

    /// What becomes of a sample.
    private enum Fate {
        /// It is this item.
        case same(Item)
        /// It may be an item in a new place.
        case waiting
        case new
    }

    init(_ gallery: Home, _ dataset: Dataset, keepingLabels: Bool) {
        self.gallery = gallery
        keepsLabels = keepingLabels
        var finder = SourcePlaces()
        let (samples, places) = finder.filesOnce(of: dataset)
        doubled = dataset.count - samples.count
        (self.samples, self.places, allPlaces) = (samples, places, Set(places))
        state = Mutex(State(places: finder))
    }

    /// Which samples of a range have to be decoded: those whose content the gallery does not have and `embedder` has not embedded
    /// before, and that can be items.
    func choice(for range: Range<Int>, by embedder: Embedder) throws -> InputReader.Choice {
        let isFirst = state.withLock { $0.contents == nil }
        let (contents, known) = try gallery.read { reader in
            let known = try range.map { position in
                let (source, place) = (samples[position].source, places[position])
                guard !source.path.isEmpty else { return Item?.none }
                return try reader.item(source: source)
                    ?? (place == source ? nil : reader.item(source: place))
            }
            return (isFirst ? try Contents(reader) : nil, known)
        }
        if let contents { state.withLock { $0.contents = contents } }
        state.withLock { $0.batches.append(known) }
        return { position, hash in
            let known = known[position - range.lowerBound]
            guard embedder.made[hash] == nil, case .new = self.fate(of: position, hash, known) else {
                return false
            }
            return self.problem(self.item(position, known)) == nil
        }
    }

    private func fate(of position: Int, _ hash: ContentHash, _ known: Item?) -> Fate {
        if let known, known.contentHash == hash { return .same(known) }
        let alike = alike(hash)
        if known == nil, let item = alike.byPlace[places[position]] { return .same(item) }
        return alike.mayBeLost ? .waiting : .new
    }

    /// The items that were of a content before anything was added.
    func alike(_ hash: ContentHash) -> AlikeItems {
        state.withLock { state in
            if let known = state.alike[hash] { return known }
            var alike = AlikeItems()
            let ids = state.contents?.ids(of: hash) ?? []
            guard !ids.isEmpty else { return alike }
            // Where the gallery cannot be read, the next batch says so.
            let items = try? gallery.read { reader in try ids.compactMap { try reader.item($0) } }
            // Since then another process may have changed one.
            alike.items = (items ?? []).filter { $0.contentHash == hash }
            for item in alike.items {
                let place = state.places.place(of: item.source)
                if item.source.isGone {
                    alike.mayBeLost = true
                } else {
                    if alike.byPlace[place] == nil { alike.byPlace[place] = item }
                    if allPlaces.contains(place) { alike.mayBeLost = true }
                }
            }
            state.alike[hash] = alike
            return alike
        }
    }

    /// Pairs files with the items of their content that have lost theirs: because it is gone, or because one of `changed`
    /// or `waiting` lies there now. Where there are several of both, those whose last folders and names are the same go
    /// together.
    ///
    /// - Returns: For each of `waiting` the item that it is, if any.
    func moved(_ waiting: [WaitingFile], changed: [ChangedFile]) -> [Item?] {
        let taken = Set((waiting.map(\.position) + changed.map(\.position)).map { places[$0] })
        var found = [Item?](repeating: nil, count: waiting.count)
        for (hash, alike) in Dictionary(grouping: waiting.indices, by: { waiting[$0].hash }) {
            var items = self.alike(hash).items.filter { item in
                item.source.isGone
                    || taken.contains(state.withLock { $0.places.place(of: item.source) })
            }
            var files = alike
            // From all of the path to none of it.
            for names in [8, 4, 2, 1, 0] where !items.isEmpty && !files.isEmpty {
                var byTail = Dictionary(grouping: items.reversed()) { $0.source.tail(names) }
                files.removeAll { file in
                    found[file] = byTail[waiting[file].source.tail(names)]?.popLast()
                    return found[file] != nil
                }
                items = byTail.values.joined().sorted { $0.id < $1.id }
            }
        }
        return found
    }

    /// What a sample becomes: `known`, or something new.
    func item(_ position: Int, _ known: Item?) -> NewItem {
        let sample = samples[position]
        let kept = keepsLabels ? known : nil
        return NewItem(
            label: kept?.label ?? sample.label, source: known?.source ?? sample.source,
            group: sample.group ?? kept?.group)
    }

    /// What `item` becomes that has moved to where a sample is. A label given by hand goes along, and one that came
    /// from a folder becomes that of the new one; the group goes along unless the sample says another.
    func item(_ file: WaitingFile, movedFrom item: Item) -> NewItem {
        let sample = samples[file.position]
        let keepsLabel = keepsLabels && !item.isNamedByFolder(unlike: file.source)
        return NewItem(
            label: keepsLabel ? item.label : sample.label, source: file.source,
            group: sample.group ?? item.group, contentHash: item.contentHash)
    }

    /// Of the samples, and of the items that they are by another path.
    var sources: Set<Source> { Set(samples.map(\.source)).union(allPlaces) }

    /// Whether an item keeps another label than its folder's.
    func keepsLabel(_ position: Int, _ item: NewItem) -> Bool {
        keepsLabels && item.label != samples[position].label
    }

    func problem(_ item: NewItem) -> GalleryError? {
        do throws(GalleryError) {
            try item.check()
            return nil
        } catch {
            return error
        }
    }

    /// Embeds what was decoded, and says what is to be done with the rest.
    func embedded(
        _ batch: InputBatch, by embedder: Embedder, _ report: inout AddReport.Parts
    ) -> EmbeddedBatch {
        let known = state.withLock { $0.batches.removeFirst() }
        let (embeddings, rows) = embeddings(of: batch, known, by: embedder, &report)
        let unread = Dictionary(
            uniqueKeysWithValues: batch.skipped.map { ($0.position, $0.skipped.reason) })
        var next = EmbeddedBatch(samples: batch.range.count)
        var usable: [Int] = []
        for (place, position) in batch.range.enumerated() {
            var old = known[place]
            if let hash = batch.hashes[place] {
                report.contents.insert(hash)
                switch fate(of: position, hash, old) {
                case .same(let item): old = item
                case .waiting:
                    let source = old?.source ?? samples[position].source
                    report.waiting.append(WaitingFile(position: position, source: source, hash: hash))
                    next.samples -= 1
                    continue
                case .new: break
                }
            }
            let item = item(position, old)
            if let reason = problem(item).map({ "\($0)" }) ?? unread[position] {
                report.skipped.append(Skipped(source: samples[position].source, reason: reason))
                continue
            }
            guard let hash = batch.hashes[place] else { continue }
            let hashed = NewItem(
                label: item.label, source: item.source, group: item.group, contentHash: hash)
            if let row = rows[position] {
                guard isUsableEmbedding(embeddings[row]) else {
                    report.skipped.append(Skipped(source: item.source, reason: unusable))
                    continue
                }
                if let old, report.changed.count < AddReport.Parts.mostChanged {
                    report.changed.append(
                        ChangedFile(
                            position: position, source: old.source, hash: hash,
                            embedding: Array(embeddings[row])))
                    next.samples -= 1
                    continue
                }
                next.items.append(hashed)
                usable.append(row)
            } else if let old, old.isSame(item, contentHash: hash) {
                next.unchanged += 1
            } else {
                next.described.append(hashed)
            }
            if old != nil, keepsLabel(position, item) { report.keptLabels += 1 }
        }
        next.embeddings = usable.count == embeddings.rows ? embeddings : embeddings.rows(at: usable)
        return next
    }

    /// Of what was decoded, and of what is new and was embedded before: a row for each, by its position.
    private func embeddings(
        of batch: InputBatch, _ known: [Item?], by embedder: Embedder, _ report: inout AddReport.Parts
    ) -> (embeddings: Matrix, rows: [Int: Int]) {
        var embeddings = embedder.embeddings(trusted: batch)
        report.embedded += embeddings.rows
        var rows = Dictionary(uniqueKeysWithValues: zip(batch.decoded, 0...).map { ($0, $1) })
        var blank = batch.blank
        for (place, position) in batch.range.enumerated() {
            guard let hash = batch.hashes[place], let made = embedder.made[hash],
                case .new = fate(of: position, hash, known[place])
            else { continue }
            rows[position] = embeddings.rows
            embeddings.append(made.embedding)
            if made.isBlank { blank.append(position) }
        }
        report.blank += blank.sorted().map { samples[$0].source }
        return (embeddings, rows)
    }
}

extension Item {
    /// Whether its label is that of a folder in which its file lay, and `source` does not lie: then nobody has given it by
    /// hand. A label of several folders is looked for as such.
    fileprivate func isNamedByFolder(unlike source: Source) -> Bool {
        func folders(_ source: Source) -> [Source] {
            source.path.utf8.split(separator: UInt8(ascii: "/")).dropLast()
                .map { Source(String(Substring($0)).composed) }
        }
        let (old, new) = (folders(self.source), folders(source))
        let own = old.dropFirst(zip(old, new).prefix { $0 == $1 }.count)
        let names = folders(Source(label + "/file"))
        return own.indices.contains { own[$0...].starts(with: names) }
    }
}

/// A file that may be an item in a new place.
struct WaitingFile {
    let position: Int
    /// The source that it is known by, or will be.
    let source: Source
    let hash: ContentHash
}

/// A file that holds something else than before: what its item was may have turned up in another place.
struct ChangedFile {
    let position: Int
    /// The item's.
    let source: Source
    let hash: ContentHash
    let embedding: [Float]
}
