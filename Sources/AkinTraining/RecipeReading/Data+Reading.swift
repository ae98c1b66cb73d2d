extension Recipe.Data {
    mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.choice("format", into: &format)
        try reader.string("folder", into: &folder)
        try reader.string("manifest", into: &manifest)
        try reader.strings("images", into: &images)
        try reader.integer("label-depth", in: 1...100, into: &labelDepth)
        try reader.strings("ignore", into: &ignore)
        try reader.strings("labels", into: &labels)
        try reader.strings("names", into: &names)
        try reader.strings("only", into: &only)
        try reader.integer("images-per-class", in: 1...Int.max, into: &imagesPerClass)
        try reader.choice("selection", into: &selection)
        var group = try reader.group("test")
        if reader.has("test") || test != nil {
            var test = test ?? Test()
            try test.read(&group, format: format)
            self.test = test
        }
        try checkTest(reader)
        for (key, isSaid) in said where needed.contains(key) && !isSaid { throw reader.missing(key) }
        try reader.finish()
        try reader.refuse(said, but: used, format: format)
        if format == .idx, labels.count != images.count {
            throw reader.wrong(
                "labels", labels, expected: "as many files as images has: \(images.count)")
        }
    }

    /// The keys that belong to some formats only, and whether they are said.
    private var said: [(key: String, isSaid: Bool)] {
        [
            ("manifest", manifest != nil), ("images", !images.isEmpty), ("labels", !labels.isEmpty),
            ("names", names != nil), ("label-depth", labelDepth != nil), ("ignore", !ignore.isEmpty),
        ]
    }

    private var used: [String] {
        switch format {
        case .idx: ["images", "labels", "names"]
        case .cifar: ["images", "names"]
        case .folder: ["images", "label-depth", "ignore"]
        case .omniglot: ["images", "ignore"]
        case .manifest: ["manifest"]
        }
    }

    private var needed: [String] {
        switch format {
        case .idx: ["images", "labels"]
        case .cifar: ["images"]
        // Without a sub-folder for training, the one held out would be trained on with all others.
        case .folder, .omniglot: test?.images.isEmpty == false ? ["images"] : []
        case .manifest: ["manifest"]
        }
    }

    private func checkTest(_ reader: RecipeReader) throws(RecipeError) {
        guard let test, test.share == nil, test.split == nil else { return }
        guard format == .manifest || test.images.isEmpty else { return }
        let others =
            switch format {
            case .idx: "images and labels"
            case .folder, .omniglot: "images, the sub-folder with the classes"
            case .cifar: "images, the files"
            case .manifest: "a split"
            }
        throw reader.wrong("test", test, expected: "\(others), or a share")
    }
}

extension Recipe.Data.Test {
    fileprivate mutating func read(
        _ reader: inout RecipeReader, format: Recipe.Data.Format
    ) throws(RecipeError) {
        try reader.strings("images", into: &images)
        try reader.strings("labels", into: &labels)
        try reader.string("split", into: &split)
        try reader.number("share", "more than 0, less than 1", into: &share) { $0 > 0 && $0 < 1 }
        try reader.finish()
        let used =
            switch format {
            case .idx: ["images", "labels"]
            case .folder: ["images", "split"]
            case .cifar, .omniglot: ["images"]
            case .manifest: ["split"]
            }
        let said = [("images", !images.isEmpty), ("labels", !labels.isEmpty), ("split", split != nil)]
        try reader.refuse(said, but: used, format: format)
        if let share, let other = said.first(where: \.1) {
            throw reader.wrong("share", share, expected: "either a share or \(other.0)")
        }
        if format == .idx, labels.count != images.count {
            throw reader.wrong(
                "labels", labels, expected: "as many files as images has: \(images.count)")
        }
    }
}

extension RecipeReader {
    /// Refuses keys that are said and belong to other formats of data, those `but` which this one uses.
    fileprivate func refuse(
        _ keys: [(key: String, isSaid: Bool)], but used: [String], format: Recipe.Data.Format
    ) throws(RecipeError) {
        for (key, isSaid) in keys where isSaid && !used.contains(key) {
            throw .otherFormat(at: place(key), key: prefix + key, format: format.rawValue)
        }
    }
}
