import AkinImages

/// How a foreign network wants its pictures, as far as that is known.
public struct ForeignPreprocessing: Sendable, Hashable {
    /// Of the network's input; nil where the model says it.
    public var size: PictureSize?
    /// Whether a picture keeps its proportions and is cut off around its middle; otherwise it is stretched.
    public var isCropped: Bool
    /// To which length a picture's shorter side is scaled before it is cut; nil for what just fills the input.
    public var shorterSide: Int?
    /// How a picture is brought to another size.
    public var interpolation: Preprocessing.Interpolation
    /// What is taken from values between 0 and 1: one number, or one a channel. Nil is what most networks of photographs
    /// are trained with: ImageNet's means for colours, 0 for grey.
    public var mean: [Float]?
    /// By what the rest is divided, likewise: ImageNet's deviations, 1 for grey.
    public var deviation: [Float]?

    /// By default stretched bilinearly to the size that the model says, with ImageNet's means and deviations.
    public init(
        size: PictureSize? = nil, isCropped: Bool = false, shorterSide: Int? = nil,
        interpolation: Preprocessing.Interpolation = .bilinear, mean: [Float]? = nil,
        deviation: [Float]? = nil
    ) {
        self.size = size
        self.isCropped = isCropped
        self.shorterSide = shorterSide
        self.interpolation = interpolation
        self.mean = mean
        self.deviation = deviation
    }

    private static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
    private static let imageNetDeviation: [Float] = [0.229, 0.224, 0.225]

    /// For an input of that size.
    ///
    /// - Throws: `ONNXError.badSize`, `.wrongStatistics`, `.badStatistics`
    func preprocessing(
        _ size: PictureSize, _ channels: Preprocessing.Channels
    ) throws(ONNXError) -> Preprocessing {
        let least = max(size.height, size.width)
        guard [size.height, size.width].allSatisfy({ Preprocessing.sides ~= $0 }),
            shorterSide.map({ least...Preprocessing.sides.upperBound ~= $0 }) ?? true
        else { throw .badSize(size) }
        let isColoured = channels == .rgb
        let normalisation = Preprocessing.Normalisation(
            mean: try Self.numbers(mean ?? (isColoured ? Self.imageNetMean : [0]), channels),
            deviation: try Self.numbers(deviation ?? (isColoured ? Self.imageNetDeviation : [1]), channels))
        guard normalisation.fits(channels) else { throw .badStatistics }
        let isNothing =
            normalisation.mean.allSatisfy { $0 == 0 } && normalisation.deviation.allSatisfy { $0 == 1 }
        return Preprocessing(
            trusted: size.height, width: size.width, channels: channels,
            placement: isCropped ? .crop : .stretch, interpolation: interpolation,
            shorterSide: isCropped ? shorterSide : nil, normalisation: isNothing ? nil : normalisation,
            decoding: .whole)
    }

    private static func numbers(
        _ given: [Float], _ channels: Preprocessing.Channels
    ) throws(ONNXError) -> [Float] {
        if given.count == channels.count { return given }
        guard given.count == 1 else { throw .wrongStatistics(found: given.count, channels: channels.count) }
        return [Float](repeating: given[0], count: channels.count)
    }
}
