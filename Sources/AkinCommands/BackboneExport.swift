import Akin
import AkinBasics
import ArgumentParser

/// `akin backbone export`
struct BackboneExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a backbone as an ONNX model, which runs anywhere.",
        discussion: """
            Of a network of Akin's own: its input is 'picture' [n, channels, height, width], its output 'embedding' [n, dimension], \
            both float32. How a picture becomes the input stands in the model's metadata, under the key akin, as JSON; 'akin backbone \
            import' reads it there. A backbone that was imported is written as it was. pixels, hog and several backbones side by side are \
            no networks and can't be written.

            For example:

              akin backbone export seals.safetensors --output seals.onnx
            """)

    @Argument(
        help: ArgumentHelp("The backbone: a .safetensors file, or a name.", valueName: "file|name"),
        completion: .backbone)
    var backbone: String

    @Option(
        help: ArgumentHelp("The file to write, a .onnx file.", valueName: "file"),
        completion: .file(extensions: ["onnx"]))
    var output: String

    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        let file = try writing.file(output, printing)
        try printing.perform(ExportBackbone(BackboneName(backbone), to: file)) { written in
            "\(output): \(counted(written.bytes, "byte")), \(written.dimension) dimensions"
        }
    }
}
