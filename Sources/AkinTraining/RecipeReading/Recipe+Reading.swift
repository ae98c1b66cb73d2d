import AkinBasics
import AkinDescriptors
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinVectorSearch
import Yams

extension Recipe {
    /// Reads the recipe at `path`; a folder stands for the `recipe.yaml` in it, and a checkpoint for the recipe that it was trained by.
    ///
    /// - Parameter settings: What to change in it before it is read, `KEY=VALUE`: the key of `training`, or dotted from
    ///   the top with positions in lists (`epochs=10`, `backbone[-1].dense.units=64`); the value in YAML. They take
    ///   effect one after the other.
    public init(contentsOf path: String, setting settings: [String] = []) throws(RecipeError) {
        try self.init(contentsOf: path, setting: settings, ignoring: [])
    }

    /// As the above; `ignored` are keys, with those above them, that are known to mean nothing.
    init(contentsOf path: String, setting settings: [String], ignoring ignored: Set<String>)
        throws(RecipeError)
    {
        if Self.isCheckpoint(path) {
            try self.init(ofCheckpoint: path, setting: settings, ignoring: ignored)
            return
        }
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
        try self.init(
            RecipeSource(path: path, text: text, settings: settings, ignoring: ignored), path: path)
    }

    private init(ofCheckpoint path: String, setting settings: [String], ignoring ignored: Set<String>)
        throws(RecipeError)
    {
        let checkpoint: Checkpoint
        do { checkpoint = try Checkpoint(contentsOf: path) } catch { throw .unusableCheckpoint(error) }
        guard let text = checkpoint.details.recipe else { throw .untold(path: path) }
        try self.init(
            RecipeSource(path: path, text: text, settings: settings, ignoring: ignored), path: path)
    }

    private static func isCheckpoint(_ path: String) -> Bool { path.hasSuffix(BackboneFolders.ending) }

    /// Whether it is that of a training that has been done, and was read from its checkpoint.
    package var isRepetition: Bool { Self.isCheckpoint(path) }

    /// `path` says what paths in the recipe are relative to; `settings` as above.
    public init(text: String, path: String, setting settings: [String] = []) throws(RecipeError) {
        try self.init(RecipeSource(path: path, text: text, settings: settings), path: path)
    }

    private init(_ source: RecipeSource, path: String) throws(RecipeError) {
        var reader = try RecipeReader(source: source, prefix: "", node: try source.root())
        // What has no default is needed there, and so never stays like this.
        self.init(preprocessing: Preprocessing(trusted: 0, width: 0), backbone: [], path: path)
        name = absolutePath(folder).split(separator: "/").last.map { String($0) } ?? name
        try read(&reader)
        if !data.folder.hasPrefix("/") { data.folder = folder + "/" + data.folder }
    }

    /// Throws where a value is out of range, or where two do not go together. Reading a recipe does so, and a training
    /// before it begins; what its layers and its data ask for is told by the trainer.
    public func check() throws(RecipeError) {
        var copy = self
        var nothing = RecipeReader(source: RecipeSource(madeInSwift: path), prefix: "")
        try copy.read(&nothing)
    }

    private mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.string("name", into: &name)
        try reader.require("data")
        var group = try reader.group("data")
        try data.read(&group)
        let layers = reader.node("backbone")
        if let name = layers?.scalar?.string, !name.isEmpty, name != "start",
            !LayerSpecification.hasLayer(named: name)
        {
            ready = name
        }
        var lower = RecipeReader(source: reader.source, prefix: "backbone.")
        if layers?.mapping != nil { lower = try reader.group("backbone") }
        if layers?.mapping != nil || frozen != nil { try readFrozen(&lower) }
        let isStart = layers?.scalar?.string == "start"
        let bringsPreprocessing =
            ready != nil || frozen != nil || isStart && !reader.has("preprocessing")
        if !bringsPreprocessing { try reader.require("preprocessing") }
        group = try reader.group("preprocessing")
        if !bringsPreprocessing { try preprocessing.read(&group) }
        try reader.require("backbone")
        group = try reader.group("training")
        try training.read(&group)
        if let count = training.heldOutPictures, data.test == nil {
            throw group.wrong(
                "held-out-pictures", count,
                expected: "nothing, or data.test to say which pictures are held out")
        }
        try checkFrozen(reader, training: group, backbone: lower)
        for key in ["preprocessing", "training", "index"] where ready != nil && reader.has(key) {
            // Evaluations draw with it.
            if key == "training", group.hasOnly("seed") { continue }
            try checkName(of: ready ?? "", at: reader.place("backbone"))
            throw reader.wrong(key, "", expected: "none: the backbone is ready, and brings what it needs")
        }
        if let layers, ready == nil, frozen == nil {
            if isStart {
                let start = try checkpointOfStart(at: reader.source.place(layers))
                backbone = start.layers
                if bringsPreprocessing { preprocessing = start.preprocessing }
            } else {
                backbone = try LayerSpecification.list(layers, source: reader.source, place: "backbone")
            }
        }
        group = try reader.group("index")
        try index.read(&group)
        group = try reader.group("evaluation")
        try evaluation.read(&group)
        try reader.finish()
        if ready != nil, evaluation.retrain {
            throw .readyBackbone(path: path, ready ?? "")
        }
        if ready == nil, index.metric == .learnedL1, training.loss.kind.metric != .learnedL1 {
            throw .noLearnedMetric(path: path)
        }
    }

    /// Refuses a backbone that is called by a name which nobody has.
    private func checkName(of backbone: String, at place: RecipeError.Place) throws(RecipeError) {
        guard !BackboneFolders.isPath(backbone) else { return }
        let descriptors = Descriptors.all.map(\.identity.name)
        for name in backbone.split(separator: "+").map(String.init) where !descriptors.contains(name) {
            do { _ = try BackboneFolders.standard.file(of: name, others: descriptors) } catch {
                throw .unknownBackbone(at: place, error)
            }
        }
    }

    /// The checkpoint that training begins with.
    private func checkpointOfStart(at place: RecipeError.Place) throws(RecipeError) -> Checkpoint {
        guard let start = training.start else {
            throw .wrongValue(
                at: place, key: "backbone", found: "\"start\"",
                expected:
                    "a list of layers, or name the checkpoint that training starts from (training.start)")
        }
        let path: String
        do { path = try self.path(ofBackbone: start) } catch {
            throw .wrongValue(at: place, key: "training.start", found: "\"\(start)\"", expected: "\(error)")
        }
        do { return try Checkpoint(contentsOf: path) } catch {
            throw .noStart(at: place, error)
        }
    }

    /// The file of a backbone that is called by its path, relative to the recipe, or by its name.
    package func path(ofBackbone text: String) throws(EmbeddingError) -> String {
        guard BackboneFolders.isPath(text) else { return try BackboneFolders.standard.file(of: text) }
        return text.hasPrefix("/") ? text : folder + "/" + text
    }

    /// All keys of the top.
    package static let keys = keys { (reader) throws(RecipeError) in
        var recipe = Recipe(preprocessing: Preprocessing(trusted: 1, width: 1), backbone: [])
        try recipe.read(&reader)
    }

    /// Those that `read` asks for.
    static func keys(_ read: (inout RecipeReader) throws(RecipeError) -> Void) -> [String] {
        var nothing = RecipeReader(source: RecipeSource(madeInSwift: ""), prefix: "")
        // The defaults are valid.
        try! read(&nothing)
        return nothing.asked
    }
}

extension Preprocessing {
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        var size = LayerSpecification.Extent(height: height, width: width)
        try reader.require("size")
        try reader.extent("size", in: 1...4096, into: &size)
        (height, width) = (size.height, size.width)
        try reader.choice("channels", into: &channels)
        try reader.choice("placement", into: &placement)
        try reader.boolean("invert", into: &invert)
        try reader.choice("scaling", into: &scaling)
        var grey = Int(background)
        try reader.integer("background", in: 0...255, into: &grey)
        background = UInt8(grey)
        // What was made in Swift has chosen already.
        if reader.source.isText { ground = Self.usualGround(scaling) }
        try reader.choice("ground", into: &ground)
        try reader.choice("interpolation", into: &interpolation)
        try reader.choice("decoding", into: &decoding)
        try readShorterSide(&reader)
        try readNormalisation(&reader)
        try reader.finish()
    }

    private mutating func readShorterSide(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.integer("shorter-side", in: Preprocessing.sides, into: &shorterSide)
        guard shorterSide == nil || placement == .crop else {
            throw reader.wrong("shorter-side", shorterSide as Any, expected: "it with placement crop alone")
        }
    }

    /// `mean` and `deviation`; without the one it is 0, without the other 1.
    private mutating func readNormalisation(_ reader: inout RecipeReader) throws(RecipeError) {
        var (mean, deviation) = (normalisation?.mean, normalisation?.deviation)
        let expected = channels == .grey ? "a number" : "a number or a list of three"
        try reader.numbers("mean", expected, count: channels.count, into: &mean) { _ in true }
        try reader.numbers("deviation", expected + ", above 0", count: channels.count, into: &deviation) {
            $0 > 0
        }
        guard mean != nil || deviation != nil else { return }
        func every(_ value: Float) -> [Float] { [Float](repeating: value, count: channels.count) }
        normalisation = Normalisation(mean: mean ?? every(0), deviation: deviation ?? every(1))
    }
}

extension Recipe.IndexSettings {
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        var name = metric.rawValue
        try reader.string("metric", into: &name)
        guard let metric = Metric.Kind(rawValue: name) else {
            throw .unknownMetric(path: reader.source.path, metric: name)
        }
        self.metric = metric
        try reader.finish()
    }
}

extension Recipe.Evaluation {
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.choice("protocol", into: &procedure)
        try reader.strings("classifiers", into: &classifiers)
        try reader.integer("k", in: 1...1_000_000, into: &k)
        try reader.boolean("retrain", into: &retrain)
        if retrain, procedure != .leaveOneOut {
            throw reader.wrong(
                "retrain", retrain, expected: "false, or the protocol leave-one-out: no other trains anew")
        }
        try reader.integer("ways", in: 2...10_000, into: &ways)
        try reader.integer("shots", in: 1...10_000, into: &shots)
        try reader.integer("episodes", in: 1...1_000_000, into: &episodes)
        try reader.boolean("within-group", into: &withinGroup)
        try reader.integer("pairs", in: 2...10_000_000, into: &pairs)
        try reader.boolean("training", into: &training)
        if training, procedure != .pairs, procedure != .episodes {
            throw reader.wrong(
                "training", training,
                expected: "false, or the protocol pairs or episodes: no other asks of them")
        }
        try reader.finish()
    }
}
