import Akin
import ArgumentParser

/// How a foreign network wants its pictures.
struct ForeignInputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A model hub's description of how pictures are prepared: preprocessor_config.json. What is said beside it counts more.",
            valueName: "file"), completion: .file(extensions: ["json"]))
    var preprocessor: String?

    @Option(
        help: ArgumentHelp(
            "The size of the network's input in pixels. (default: the model's)", valueName: "n|width x height"
        ))
    var size: PictureSize?

    @Flag(help: "Keep a picture's proportions and cut it around its middle, instead of stretching it.")
    var crop = false

    @Option(
        help: ArgumentHelp(
            "The length to which the shorter side is scaled before the picture is cut. (default: what fills the input)",
            valueName: "pixels"))
    var shorterSide: Int?

    @Option(help: "How a picture is brought to another size. (default: bilinear)")
    var interpolation: Preprocessing.Interpolation?

    @Option(
        help: ArgumentHelp(
            "What is taken from the values 0 to 1: one number, or one a channel. (default: 0.485,0.456,0.406; for grey 0)",
            valueName: "numbers"))
    var mean: NumberList?

    @Option(
        help: ArgumentHelp(
            "By what they are divided then. (default: 0.229,0.224,0.225; for grey 1)", valueName: "numbers"))
    var std: NumberList?

    /// Nil where nothing was said.
    func preprocessing() throws -> ForeignPreprocessing? {
        let described = try preprocessor.map { try ForeignPreprocessing(preprocessorAt: $0) }
        var wanted = described ?? ForeignPreprocessing()
        if let size { wanted.size = size }
        if crop || shorterSide != nil { wanted.isCropped = true }
        if let shorterSide { wanted.shorterSide = shorterSide }
        if let interpolation { wanted.interpolation = interpolation }
        if let mean { wanted.mean = mean.numbers }
        if let std { wanted.deviation = std.numbers }
        return described == nil && wanted == ForeignPreprocessing() ? nil : wanted
    }
}

extension PictureSize: ExpressibleByArgument {
    /// `224`, or `320x224`.
    public init?(argument: String) {
        let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map {
            Int($0.trimmingPrefix { $0 == " " })
        }
        switch (sides.count, sides[0], sides.last ?? nil) {
        case (1, let side?, _): self.init(height: side, width: side)
        case (2, let width?, let height?): self.init(height: height, width: width)
        default: return nil
        }
    }
}

/// Numbers with commas between them: 0.5,0.5,0.5.
struct NumberList: ExpressibleByArgument {
    let numbers: [Float]

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard numbers.allSatisfy({ $0?.isFinite == true }) else { return nil }
        self.numbers = numbers.compactMap { $0 }
    }
}
