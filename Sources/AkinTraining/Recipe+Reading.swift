import AkinBasics
import AkinDatasets
import AkinImages
import AkinNetworks
import Yams

extension Recipe {
    /// Reads the recipe at `path`; a folder stands for the `recipe.yaml` in it.
    ///
    /// - Parameter settings: What to change in it before it is read, `KEY=VALUE`: the key of `training`, or dotted from
    ///   the top with positions in lists (`epochs=10`, `backbone[-1].dense.units=64`); the value in YAML. They take
    ///   effect one after the other.
    public init(contentsOf path: String, setting settings: [String] = []) throws(RecipeError) {
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
        try self.init(text: text, path: path, setting: settings)
    }

    /// `path` says what paths in the recipe are relative to; `settings` as above.
    public init(text: String, path: String, setting settings: [String] = []) throws(RecipeError) {
        let source = RecipeSource(path: path, text: text, settings: settings)
        var reader = try RecipeReader(source: source, prefix: "", node: try source.root())
        self.path = path
        let folder = Self.folder(of: path)
        name =
            try reader.string("name") ?? absolutePath(folder).split(separator: "/").last.map { String($0) }
            ?? "backbone"
        guard var dataReader = try reader.mapping("data") else { throw reader.missing("data") }
        data = try Data(&dataReader, relativeTo: folder)
        guard var preprocessingReader = try reader.mapping("preprocessing") else {
            throw reader.missing("preprocessing")
        }
        preprocessing = try Preprocessing(&preprocessingReader)
        guard let layers = reader.node("backbone") else { throw reader.missing("backbone") }
        backbone = try LayerSpecification.list(layers, source: source, place: "backbone")
        func group(_ key: String) throws(RecipeError) -> RecipeReader {
            try reader.mapping(key) ?? RecipeReader(source: source, prefix: key + ".", line: 1, [:])
        }
        var trainingReader = try group("training")
        training = try Training(&trainingReader)
        var indexReader = try group("index")
        index = IndexSettings(metric: try indexReader.string("metric") ?? "l2")
        try indexReader.finish()
        var evaluationReader = try group("evaluation")
        evaluation = try Evaluation(&evaluationReader)
        try reader.finish()
    }

    /// All keys of the top.
    static let keys = ["name", "data", "preprocessing", "backbone", "training", "index", "evaluation"]

    /// The folder in which the recipe lies.
    public var folder: String { Self.folder(of: path) }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}

extension Recipe.Data {
    fileprivate init(_ reader: inout RecipeReader, relativeTo base: String) throws(RecipeError) {
        let format: Format = try reader.choice("format") ?? .folder
        self.format = format
        func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : base + "/" + path }
        folder = resolved(try reader.string("folder") ?? ".")
        manifest = try reader.string("manifest")
        images = try reader.strings("images") ?? []
        labels = try reader.strings("labels") ?? []
        names = try reader.strings("names")
        only = try reader.strings("only")
        imagesPerClass = try reader.integer("images-per-class", in: 1...Int.max)
        selection = try reader.choice("selection") ?? .first
        test = try reader.group("test") { reader throws(RecipeError) in try Test(&reader, format: format) }
        if let test, !test.isComplete(for: format) {
            let others =
                switch format {
                case .idx: "images and labels"
                case .folder, .omniglot: "images, the sub-folder with the classes"
                case .cifar: "images, the files"
                case .manifest: "a split"
                }
            throw reader.wrong("test", expected: "\(others), or a share")
        }
        let needed: [String]
        switch format {
        case .idx: needed = ["images", "labels"]
        case .cifar: needed = ["images"]
        // Without a sub-folder for training, the one held out would be trained on with all others.
        case .folder, .omniglot: needed = test?.images.isEmpty == false ? ["images"] : []
        case .manifest: needed = ["manifest"]
        }
        for key in needed where reader.node(key) == nil { throw reader.missing(key) }
        try reader.finish()
        let used =
            switch format {
            case .idx: ["images", "labels", "names"]
            case .cifar: ["images", "names"]
            case .folder, .omniglot: ["images"]
            case .manifest: ["manifest"]
            }
        try reader.refuse(
            ["manifest", "images", "labels", "names"].filter { !used.contains($0) }, format: format.rawValue)
        if format == .idx, labels.count != images.count {
            throw reader.wrong("labels", expected: "as many files as images has: \(images.count)")
        }
    }
}

extension Recipe.Data.Test {
    fileprivate init(_ reader: inout RecipeReader, format: Recipe.Data.Format) throws(RecipeError) {
        images = try reader.strings("images") ?? []
        labels = try reader.strings("labels") ?? []
        split = try reader.string("split")
        share = try reader.number("share", "more than 0, less than 1") { $0 > 0 && $0 < 1 }
        try reader.finish()
        let used =
            switch format {
            case .idx: ["images", "labels"]
            case .folder, .cifar, .omniglot: ["images"]
            case .manifest: ["split"]
            }
        try reader.refuse(
            ["images", "labels", "split"].filter { !used.contains($0) }, format: format.rawValue)
        if share != nil, let other = used.first(where: reader.has) {
            throw reader.wrong("share", expected: "either a share or \(other)")
        }
        if format == .idx, labels.count != images.count {
            throw reader.wrong("labels", expected: "as many files as images has: \(images.count)")
        }
    }

    fileprivate func isComplete(for format: Recipe.Data.Format) -> Bool {
        share != nil || (format == .manifest ? split != nil : !images.isEmpty)
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

extension Recipe.Evaluation {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        procedure = try reader.choice("protocol")
        classifiers = try reader.strings("classifiers") ?? ["nearest-neighbours"]
        k = try reader.integer("k", in: 1...1_000_000) ?? 5
        retrain = try reader.boolean("retrain") ?? false
        if retrain, procedure != .leaveOneOut {
            throw reader.wrong(
                "retrain", expected: "false, or the protocol leave-one-out: no other trains anew")
        }
        ways = try reader.integer("ways", in: 2...10_000) ?? 20
        shots = try reader.integer("shots", in: 1...10_000) ?? 1
        episodes = try reader.integer("episodes", in: 1...1_000_000) ?? 400
        withinGroup = try reader.boolean("within-group") ?? false
        pairs = try reader.integer("pairs", in: 2...10_000_000) ?? 10_000
        try reader.finish()
    }
}
