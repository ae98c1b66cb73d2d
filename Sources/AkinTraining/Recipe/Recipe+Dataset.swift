import AkinBasics
import AkinDatasets
import AkinTensors

extension Recipe {
    /// The pictures to train on. `folder` stands for the recipe's own (`--data`).
    public func trainingData(folder: String? = nil) throws(DatasetError) -> Dataset {
        var dataset = try read(images: data.images, labels: data.labels, folder: folder ?? data.folder)
        if let split = data.test?.split {
            // One that is misspelt would leave the test pictures among those trained on.
            _ = try dataset.only(split: split)
            dataset = dataset.filtered { $0.split != split }
        }
        if let share = data.test?.share {
            let heldOut = heldOut(share, of: dataset)
            dataset = dataset.with(
                dataset.samples.indices.filter { !heldOut.contains($0) }.map { dataset.samples[$0] })
        }
        if let only = data.only { dataset = try dataset.only(labels: only) }
        guard let count = data.imagesPerClass else { return dataset }
        switch data.selection {
        case .first: return dataset.first(ofEachClass: count)
        case .random: return dataset.random(ofEachClass: count, seed: training.seed)
        }
    }

    /// The pictures held out, or nil where the recipe names none.
    public func testData(folder: String? = nil) throws(DatasetError) -> Dataset? {
        guard let test = data.test else { return nil }
        let folder = folder ?? data.folder
        guard let share = test.share else {
            let dataset = try read(
                images: test.images.isEmpty ? data.images : test.images, labels: test.labels, folder: folder)
            return if let split = test.split { try dataset.only(split: split) } else { dataset }
        }
        let dataset = try read(images: data.images, labels: data.labels, folder: folder)
        var heldOut = heldOut(share, of: dataset)
        if let only = data.only {
            let trained = try dataset.matching(only)
            for (i, sample) in dataset.samples.enumerated() where !trained.contains(sample.label) {
                heldOut.insert(i)
            }
        }
        return dataset.with(heldOut.sorted().map { dataset.samples[$0] })
    }

    /// The held-out pictures that are measured after each epoch, drawn with the run's seed; nil where the recipe asks for
    /// none or has none.
    public func measuredData(folder: String? = nil) throws(DatasetError) -> Dataset? {
        guard let count = training.heldOutPictures, let test = try testData(folder: folder) else {
            return nil
        }
        let classes = Set(test.samples.map(\.label)).count
        return test.random(ofEachClass: max(2, count / max(classes, 1)), seed: training.seed)
    }

    /// Positions of so much of each class, drawn with the run's seed; never all of a class.
    private func heldOut(_ share: Float, of dataset: Dataset) -> Set<Int> {
        var drawn: Set<Int> = []
        let classes = Dictionary(grouping: dataset.samples.indices, by: { dataset.samples[$0].label })
        for (label, positions) in classes {
            var generator = SeededGenerator(
                seed: training.seed, .heldOutSamples(ofClass: ContentHash(of: label.utf8).low))
            let count = min(Int((Double(share) * Double(positions.count)).rounded()), positions.count - 1)
            drawn.formUnion(positions.shuffled(using: &generator).prefix(count))
        }
        return drawn
    }

    private func read(images: [String], labels: [String], folder: String) throws(DatasetError) -> Dataset {
        func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + "/" + name }
        let images = images.map(path)
        var parts: [Dataset] = []
        switch data.format {
        case .folder:
            let reading = FolderReading(labelDepth: data.labelDepth, ignoring: data.ignore)
            for place in images.isEmpty ? [folder] : images {
                parts.append(try Dataset(folder: place, reading))
            }
        case .manifest: return try Dataset(manifest: path(data.manifest ?? ""))
        case .idx:
            for (images, labels) in zip(images, labels.map(path)) {
                parts.append(try Dataset(idxImages: images, labels: labels, labelNames: data.names))
            }
        case .cifar: return try Dataset(cifar: images, labelNames: data.names)
        case .omniglot:
            for place in images.isEmpty ? [folder] : images {
                parts.append(try Dataset(omniglot: place, ignoring: data.ignore))
            }
        }
        return Dataset(joining: parts)
    }
}
