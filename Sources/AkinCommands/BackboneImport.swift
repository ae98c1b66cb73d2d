import Akin
import ArgumentParser

extension Preprocessing.Interpolation: ExpressibleByArgument {}

/// `akin backbone import`
struct BackboneImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a backbone of any other network, an ONNX model.",
        discussion: """
            The model lies whole in the file that is written, with all that is needed to embed a picture with it. It is run by ONNX \
            Runtime, which has to be there wherever the backbone is used: 'pip install onnxruntime' brings it, Debian's package \
            is libonnxruntime1.21, Homebrew's onnxruntime. Elsewhere it is found where \(ONNXRuntime.variable) in the environment says.

            The model takes one picture, [n, 3, height, width] or [n, height, width, 3], with 1 or 3 channels, float32 or float16. \
            Its output is an embedding [n, dimension], a map [n, dimension, height, width], of which the mean over all places is \
            taken, or tokens [n, tokens, dimension]. It is run once, on noise, to see what it gives.

            How it wants its pictures only its maker knows. Unless told otherwise a picture is stretched bilinearly to the model's \
            size, its values lie between 0 and 1, and ImageNet's means and deviations are taken from colours. A model that 'akin backbone \
            export' wrote says it itself.

            For example:

              akin backbone import model.onnx --output dino.safetensors --preprocessor preprocessor_config.json
              akin backbone import model.onnx --output plants.safetensors --crop --shorter-side 256
              akin backbone import clip.onnx --output clip.safetensors --output-name image_embeds
            """)

    @Argument(
        help: ArgumentHelp("The ONNX model.", valueName: "file"), completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(
        help: ArgumentHelp("The file to write, a .safetensors file.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var output: String

    @OptionGroup(title: "The pictures") var input: ForeignInputOptions

    @Option(
        help: ArgumentHelp(
            "The output that is taken. (default: the first that is a vector, or else the first)",
            valueName: "name"))
    var outputName: String?

    @Option(
        help: ArgumentHelp(
            "What is taken of tokens: the first, or their mean. (default: first)", valueName: "first|mean"))
    var tokens: TokenChoice?

    @Option(help: "The distance that its embeddings are made for. (default: cosine)")
    var metric: Metric.Kind?

    @Option(help: ArgumentHelp("What the backbone is called. (default: the file's name)", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Under which terms the model may be used.", valueName: "text"))
    var licence: String?

    @Option(help: ArgumentHelp("Where the model comes from.", valueName: "text"))
    var source: String?

    @Option(
        help: ArgumentHelp(
            "The library of ONNX Runtime. (default: where it is found)", valueName: "file"),
        completion: .file())
    var onnxRuntime: String?

    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        if metric == .learnedL1 {
            throw ValidationError("a foreign network has learned no metric learned-l1; give another")
        }
    }

    func run() throws {
        let wishes = ONNXImport(
            named: name ?? ImportBackbone.name(of: output == "-" ? model : output),
            preprocessing: try input.preprocessing(),
            output: outputName, pooling: tokens?.pooling, metric: metric, licence: licence, source: source)
        let job = ImportBackbone(
            model, to: try writing.file(output, printing), wishes: wishes, runtime: onnxRuntime)
        try printing.perform(job) { "\($0.backbone.text)\nrun by ONNX Runtime \($0.runtime)" }
    }
}

/// What is taken of tokens.
enum TokenChoice: String, ExpressibleByArgument, CaseIterable {
    case first, mean

    var pooling: ONNXPooling { self == .first ? .first : .mean }
}
