import AkinDatasets
import AkinImages
import AkinNetworks
import Yams

extension Recipe {
    /// Reads the recipe at `path`; a folder stands for the `recipe.yaml` in it.
    public init(contentsOf path: String) throws(RecipeError) {
        var path = path
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 1_000_000)
        } catch FileError.notAFile(kind: "a folder") {
            path += path.hasSuffix("/") ? "recipe.yaml" : "/recipe.yaml"
            do { bytes = try FileBytes.read(path, limit: 1_000_000) } catch {
                throw .unreadable(path: path, reason: "\(error)")
            }
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
        try self.init(text: text, path: path)
    }

    /// `path` says what paths in the recipe are relative to.
    public init(text: String, path: String) throws(RecipeError) {
        var reader = try RecipeReader(path: path, text: text)
        self.path = path
        let folder = Self.folder(of: path)
        name = try reader.string("name") ?? absolutePath(folder).split(separator: "/").last.map { String($0) } ?? "backbone"
        guard var dataReader = try reader.mapping("data") else { throw reader.missing("data") }
        data = try Data(&dataReader, relativeTo: folder)
        guard var preprocessingReader = try reader.mapping("preprocessing") else { throw reader.missing("preprocessing") }
        preprocessing = try Preprocessing(&preprocessingReader)
        backbone = try Self.backbone(&reader)
        var trainingReader = try reader.mapping("training")
        training = try Training(&trainingReader)
        var indexReader = try reader.mapping("index")
        index = IndexSettings(metric: try indexReader?.string("metric") ?? "l2")
        try indexReader?.finish()
        var evaluationReader = try reader.mapping("evaluation")
        evaluation = try Evaluation(&evaluationReader)
        try reader.finish()
    }

    /// The folder in which the recipe lies.
    public var folder: String { Self.folder(of: path) }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func backbone(_ reader: inout RecipeReader) throws(RecipeError) -> [LayerSpecification] {
        guard let node = reader.node("backbone") else { throw reader.missing("backbone") }
        guard let sequence = node.sequence, !sequence.isEmpty else {
            throw reader.wrong("backbone", expected: "a list of layers")
        }
        var layers: [LayerSpecification] = []
        for (position, node) in sequence.enumerated() {
            layers.append(try LayerSpecification(node, path: reader.path, position: position))
        }
        return layers
    }
}

extension LayerSpecification {
    /// A layer is a name (`flatten`) or a name with its settings (`conv2d: {filters: 32, kernel: 3}`); where there is
    /// one main setting, its value will do (`dropout: 0.25`).
    fileprivate init(_ node: Node, path: String, position: Int) throws(RecipeError) {
        let place = "backbone[\(position)]"
        let line = node.mark?.line ?? 1
        var (kind, value) = (node.scalar?.string, Node?.none)
        if let mapping = node.mapping, mapping.count == 1, let entry = mapping.first {
            (kind, value) = (entry.key.scalar?.string, entry.value)
        }
        guard let kind else {
            throw .wrongValue(
                path: path, line: line, key: place, found: "no layer",
                expected: "one layer with its settings, such as conv2d: {filters: 32, kernel: 3}")
        }

        /// The settings, of which a bare value stands for the main one.
        func settings(_ main: String) throws(RecipeError) -> RecipeReader {
            let prefix = "\(place).\(kind)."
            guard let value, value.null == nil else { return RecipeReader(path: path, prefix: prefix, line: line, [:]) }
            if value.mapping != nil { return try RecipeReader(path: path, prefix: prefix, node: value) }
            return RecipeReader(path: path, prefix: prefix, line: line, [main: value])
        }

        func refuseSettings() throws(RecipeError) {
            guard let value, value.null == nil, value.mapping?.isEmpty != true else { return }
            let layer = RecipeReader(path: path, prefix: "\(place).", line: line, [kind: value])
            throw layer.wrong(kind, expected: "no settings")
        }

        switch kind {
        case "conv2d":
            var s = try settings("filters")
            guard let filters = try s.integer("filters", in: 1...65536) else { throw s.missing("filters") }
            guard let kernel = try s.extent("kernel", in: 1...255) else { throw s.missing("kernel") }
            let stride = try s.extent("stride", in: 1...255) ?? (1, 1)
            self = .conv2d(
                filters: filters, kernel: Extent(height: kernel.height, width: kernel.width),
                stride: Extent(height: stride.height, width: stride.width), padding: try s.choice("padding") ?? .valid,
                activation: try s.choice("activation") ?? .linear)
            try s.finish()
        case "max-pooling2d":
            var s = try settings("window")
            guard let window = try s.integer("window", in: 1...15) else { throw s.missing("window") }
            self = .maxPooling2d(window: window, stride: try s.integer("stride", in: 1...255) ?? window)
            try s.finish()
        case "dense":
            var s = try settings("units")
            guard let units = try s.integer("units", in: 1...65536) else { throw s.missing("units") }
            self = .dense(units: units, activation: try s.choice("activation") ?? .linear)
            try s.finish()
        case "dropout":
            var s = try settings("rate")
            guard let rate = try s.number("rate", "at least 0 and less than 1", { $0 >= 0 && $0 < 1 }) else {
                throw s.missing("rate")
            }
            self = .dropout(rate: rate)
            try s.finish()
        case "flatten":
            try refuseSettings()
            self = .flatten
        default:
            guard let function = Activation(rawValue: kind) else {
                let known = ["conv2d", "max-pooling2d", "dense", "dropout", "flatten"] + Activation.allCases.map(\.rawValue)
                throw .unknownLayer(
                    path: path, line: line, layer: kind, nearest: nearest(to: kind, in: known), known: known)
            }
            try refuseSettings()
            self = .activation(function)
        }
    }
}

extension Recipe.Data {
    fileprivate init(_ reader: inout RecipeReader, relativeTo base: String) throws(RecipeError) {
        let format: Format = try reader.choice("format") ?? .folder
        self.format = format
        func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : base + "/" + path }
        folder = resolved(try reader.string("folder") ?? ".")
        manifest = try reader.string("manifest")
        images = try reader.string("images")
        labels = try reader.string("labels")
        names = try reader.strings("names")
        only = try reader.strings("only")
        imagesPerClass = try reader.integer("images-per-class", in: 1...Int.max)
        selection = try reader.choice("selection") ?? .first
        if var test = try reader.mapping("test") {
            self.test = Test(
                images: try test.string("images"), labels: try test.string("labels"),
                split: try test.string("split"))
            try test.finish()
            let used =
                switch format {
                case .idx: ["images", "labels"]
                case .folder: ["images"]
                case .manifest: ["split"]
                }
            try test.refuse(["images", "labels", "split"].filter { !used.contains($0) }, format: format.rawValue)
            let complete =
                switch format {
                case .idx: self.test?.images != nil && self.test?.labels != nil
                case .folder: self.test?.images != nil
                case .manifest: self.test?.split != nil
                }
            guard complete else {
                let expected = [Format.idx: "images and labels", .folder: "images, the sub-folder with the classes", .manifest: "a split"]
                throw reader.wrong("test", expected: expected[format]!)
            }
        }
        let needed: [String]
        switch format {
        case .idx: needed = ["images", "labels"]
        // Without a sub-folder for training, the one held out would be trained on with all others.
        case .folder: needed = test == nil ? [] : ["images"]
        case .manifest: needed = ["manifest"]
        }
        for key in needed where reader.node(key) == nil { throw reader.missing(key) }
        try reader.finish()
        let used =
            switch format {
            case .idx: ["images", "labels", "names"]
            case .folder: ["images"]
            case .manifest: ["manifest"]
            }
        try reader.refuse(
            ["manifest", "images", "labels", "names"].filter { !used.contains($0) }, format: format.rawValue)
    }
}

extension Preprocessing {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        guard let size = try reader.extent("size", in: 1...4096) else { throw reader.missing("size") }
        self.init(
            height: size.height, width: size.width, channels: try reader.choice("channels") ?? .grey,
            placement: try reader.choice("placement") ?? .fit, invert: try reader.boolean("invert") ?? false,
            scaling: try reader.choice("scaling") ?? .unit,
            background: UInt8(try reader.integer("background", in: 0...255) ?? 255))
        try reader.finish()
    }
}

extension Recipe.Training {
    fileprivate init(_ reader: inout RecipeReader?) throws(RecipeError) {
        loss = try reader?.choice("loss") ?? .contrastive
        margin = try reader?.number("margin", "a number above 0") { $0 > 0 } ?? 1
        classification = try reader?.number("classification", "0 or more") { $0 >= 0 } ?? 0.125
        pairs = .proportion(positive: 1, negative: 4)
        let node = reader?.node("pairs")
        if node?.scalar?.string == "all" {
            pairs = .all
        } else if node?.mapping == nil, node != nil {
            throw reader!.wrong("pairs", expected: "all, or how many: {positive: 1, negative: 4}")
        } else if var proportion = try reader?.mapping("pairs") {
            pairs = .proportion(
                positive: try proportion.integer("positive", in: 0...1000) ?? 1,
                negative: try proportion.integer("negative", in: 0...1000) ?? 4)
            if pairs == .proportion(positive: 0, negative: 0) {
                throw reader!.wrong("pairs", expected: "at least one positive or negative, or all")
            }
            try proportion.finish()
        }
        batch = try reader?.integer("batch", in: 2...8192) ?? 256
        epochs = try reader?.integer("epochs", in: 1...1_000_000) ?? 50
        optimizer = try reader?.choice("optimizer") ?? .adam
        learningRate = try reader?.number("learning-rate", "a number above 0") { $0 > 0 } ?? 0.001
        seed = UInt64(try reader?.integer("seed", in: 0...Int.max) ?? 1)
        try reader?.finish()
    }
}

extension Recipe.Evaluation {
    fileprivate init(_ reader: inout RecipeReader?) throws(RecipeError) {
        procedure = try reader?.choice("protocol")
        classifiers = try reader?.strings("classifiers") ?? ["nearest-neighbours"]
        k = try reader?.integer("k", in: 1...1_000_000) ?? 5
        retrain = try reader?.boolean("retrain") ?? false
        try reader?.finish()
    }
}
