import AkinImages
import AkinTensors
import AkinVectorSearch

/// What is wanted of a foreign network that becomes a backbone.
public struct ONNXImport: Sendable, Hashable {
    /// A short name for people.
    public var name: String
    /// How it wants its pictures; nil for what the model says itself, as one does that Akin wrote, or else the defaults of
    /// `ForeignPreprocessing`.
    public var preprocessing: ForeignPreprocessing?
    /// The name of the output that is taken; nil for the first that is a vector, or else the first.
    public var output: String?
    /// What is taken of tokens; nil for the first of them.
    public var pooling: ONNXPooling?
    /// By which an index compares its embeddings unless told otherwise; nil for what the model says itself, or else the cosine.
    public var metric: Metric.Kind?
    /// Under which terms it may be used; nil for what the model says itself.
    public var licence: String?
    /// Where it comes from; likewise.
    public var source: String?

    /// By default what the model says, or else is most usual.
    public init(
        named name: String, preprocessing: ForeignPreprocessing? = nil, output: String? = nil,
        pooling: ONNXPooling? = nil, metric: Metric.Kind? = nil, licence: String? = nil, source: String? = nil
    ) {
        self.name = name
        self.metric = metric
        self.licence = licence
        self.source = source
        self.preprocessing = preprocessing
        self.output = output
        self.pooling = pooling
    }

    /// Makes a checkpoint of the ONNX model at `path`, which is run once to see what it gives. Weights in files beside it are taken in.
    ///
    /// - Throws: `ONNXError`
    public func checkpoint(of path: String, by runtime: ONNXRuntime) throws(ONNXError) -> ONNXCheckpoint {
        let file = try ONNXFile(contentsOf: path)
        let session = try runtime.session(file.bytes[...], path: path)
        let picture = try PictureInput(of: session, path: path)
        let own = preprocessing == nil ? ONNXOrigin(file.metadata) : nil
        let preprocessing =
            if let own { own.preprocessing } else { try made(for: picture, path: path) }
        guard picture.takes(preprocessing) else {
            throw .notAPicture(path: path, input: picture.place.name, found: "\(picture.place)")
        }
        let output = try chosen(session.outputs, path: path)
        let (pooling, dimension) = try measured(session, picture, preprocessing, output, path: path)
        return ONNXCheckpoint(
            file.bytes,
            use: ONNXUse(
                order: picture.order, output: output.name, pooling: pooling, dimension: dimension,
                parameters: file.parameters),
            preprocessing: preprocessing,
            details: .init(
                name: name, metric: metric ?? own?.metric ?? .cosine, licence: licence ?? own?.licence,
                source: source ?? own?.source))
    }

    /// Of the size that was asked for, which the model has to allow, or the model's.
    private func made(for picture: PictureInput, path: String) throws(ONNXError) -> Preprocessing {
        let wanted = preprocessing ?? ForeignPreprocessing()
        guard let height = picture.height ?? wanted.size?.height,
            let width = picture.width ?? wanted.size?.width
        else { throw .noSize(path: path) }
        let size = PictureSize(height: height, width: width)
        if let asked = wanted.size, asked != size {
            throw .otherSize(path: path, asked: asked, found: size)
        }
        return try wanted.preprocessing(size, picture.channels)
    }

    private func chosen(
        _ outputs: [ONNXSession.Place], path: String
    ) throws(ONNXError) -> ONNXSession.Place {
        if let name = output {
            guard let named = outputs.first(where: { $0.name == name }) else {
                throw .noOutput(path: path, name: name, known: outputs.map(\.name))
            }
            return named
        }
        let usable = outputs.filter { $0.type != nil }
        guard let first = usable.first(where: { $0.sides.count == 2 }) ?? usable.first ?? outputs.first else {
            throw .unusableOutput(path: path, output: "", found: "nothing", others: [])
        }
        return first
    }

    /// How an embedding is made of an output, and its length, as a run on a picture of noise shows.
    private func measured(
        _ session: ONNXSession, _ picture: PictureInput, _ preprocessing: Preprocessing,
        _ output: ONNXSession.Place, path: String
    ) throws(ONNXError) -> (ONNXPooling, dimension: Int) {
        let others = session.outputs.filter { $0.type != nil && $0.name != output.name }.map(\.name)
        func unusable(_ found: String) -> ONNXError {
            .unusableOutput(path: path, output: output.name, found: found, others: others)
        }
        let batch = FloatBuffer(count: (picture.size(preprocessing) + 3) / 4)
        picture.write(Self.noise(preprocessing), preprocessing, to: batch.base)
        let given = UnsafeRawBufferPointer(start: batch.base, count: picture.size(preprocessing))
        return try session.run(
            picture.place, given, sides: picture.sides(preprocessing), output: output.name
        ) { (result) throws(ONNXError) in
            guard ONNXElement(rawValue: result.typeNumber) != nil else { throw unusable(result.description) }
            let poolings = [.none, pooling ?? .first] + (result.sides.count > 3 ? [ONNXPooling.mean] : [])
            for pooling in poolings {
                let layout = result.layout(pooling, order: picture.order, batch: picture.batch)
                guard let layout else { continue }
                guard layout.dimension <= CodeSpace.largestDimension else { break }
                var embedding = [Float](repeating: 0, count: layout.dimension)
                result.write(layout, to: &embedding)
                guard embedding.allSatisfy(\.isFinite) else {
                    throw unusable("values that are not numbers")
                }
                return (pooling, layout.dimension)
            }
            throw unusable(result.description)
        }
    }

    /// `[height, width, channels]`
    private static func noise(_ preprocessing: Preprocessing) -> [Float] {
        var generator = SeededGenerator(seed: 1)
        let pixels = (0..<preprocessing.inputCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return preprocessing.input(
            from: Image(
                width: preprocessing.width, height: preprocessing.height,
                channels: preprocessing.channels.count,
                trusted: pixels))
    }
}
