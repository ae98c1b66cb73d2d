import AkinImages
import AkinNetworks
import AkinVectorSearch

extension Checkpoint {
    /// The network as an ONNX model, which other programs can run: input `picture` `[n, channels, height, width]` as `preprocessing` makes it
    /// (with channels first), output `embedding` `[n, dimension]`, both float32. The preprocessing is described in its metadata under the
    /// key `akin`, so that Akin takes such a model in again without being told how.
    public var onnxModel: [UInt8] {
        var export = NetworkExport(network())
        for layer in layers { export.append(layer) }
        let embedding = export.finish()
        let origin = ONNXOrigin(
            name: name, preprocessing: preprocessing, metric: metric, licence: details.licence,
            source: details.source)
        let sides = [preprocessing.channels.count, preprocessing.height, preprocessing.width]
        return export.graph.model(
            named: name,
            input: (NetworkExport.input, [.any("n")] + sides.map { .of($0) }),
            output: (embedding, [.any("n"), .of(dimension)]), metadata: [ONNXOrigin.key: origin.text])
    }
}
