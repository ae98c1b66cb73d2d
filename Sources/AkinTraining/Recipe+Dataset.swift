import AkinDatasets

extension Recipe {
    /// The pictures to train on. `folder` stands for the recipe's own (`--data`).
    public func trainingData(folder: String? = nil) throws(DatasetError) -> Dataset {
        var dataset = try read(images: data.images, labels: data.labels, folder: folder ?? data.folder)
        if let split = data.test?.split { dataset = dataset.filtered { $0.split != split } }
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
        let dataset = try read(images: test.images, labels: test.labels, folder: folder ?? data.folder)
        return if let split = test.split { try dataset.only(split: split) } else { dataset }
    }

    private func read(images: String?, labels: String?, folder: String) throws(DatasetError) -> Dataset {
        func path(_ name: String?) -> String {
            guard let name else { return folder }
            return name.hasPrefix("/") ? name : folder + "/" + name
        }
        switch data.format {
        case .folder: return try Dataset(folder: path(images))
        case .manifest: return try Dataset(manifest: path(data.manifest))
        case .idx: return try Dataset(idxImages: path(images), labels: path(labels), labelNames: data.names)
        }
    }
}
