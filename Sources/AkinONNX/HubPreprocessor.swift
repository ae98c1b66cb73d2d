import AkinBasics
import AkinImages
import Foundation

extension ForeignPreprocessing {
    /// What a `preprocessor_config.json` says, as Hugging Face's image processors write it: `size` with `height` and `width` or
    /// `shortest_edge` (or a number), `crop_size`, `crop_pct`, `resample`, `rescale_factor`, `image_mean`, `image_std` and the
    /// switches `do_...`.
    ///
    /// - Throws: `ONNXError.unreadablePreprocessor`, and `.unknownPreprocessing` where it says what Akin does not do.
    public init(preprocessorAt path: String) throws(ONNXError) {
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(path, limit: 1 << 20) } catch {
            throw .unreadablePreprocessor(path: path, reason: "\(error)")
        }
        let config: HubPreprocessor
        do { config = try JSONDecoder().decode(HubPreprocessor.self, from: Data(bytes)) } catch {
            throw .unreadablePreprocessor(path: path, reason: "not the JSON expected")
        }
        guard config.isOne else { throw .unreadablePreprocessor(path: path, reason: "no size") }
        do throws(HubPreprocessor.Unknown) { self = try config.preprocessing() } catch {
            throw .unknownPreprocessing(path: path, what: error.what)
        }
    }
}

/// A model hub's description of a preprocessing.
struct HubPreprocessor: Decodable {
    /// What it asks for that is not known here.
    struct Unknown: Error {
        let what: String
    }

    private let doResize: Bool?
    private let doCenterCrop: Bool?
    private let doRescale: Bool?
    private let doNormalize: Bool?
    private let doPad: Bool?
    private let doFlipChannelOrder: Bool?
    private let rescaleOffset: Bool?
    private let rescaleFactor: Double?
    private let resample: Int?
    private let size: Size?
    private let cropSize: Size?
    private let cropPart: Double?
    private let mean: Numbers?
    private let deviation: Numbers?

    private enum CodingKeys: String, CodingKey {
        case size, resample
        case doResize = "do_resize"
        case doCenterCrop = "do_center_crop"
        case doRescale = "do_rescale"
        case doNormalize = "do_normalize"
        case doPad = "do_pad"
        case doFlipChannelOrder = "do_flip_channel_order"
        case rescaleOffset = "rescale_offset"
        case rescaleFactor = "rescale_factor"
        case cropSize = "crop_size"
        case cropPart = "crop_pct"
        case mean = "image_mean"
        case deviation = "image_std"
    }

    /// A number for both sides, or named ones.
    private struct Size: Decodable {
        var height: Int?
        var width: Int?
        var shortestEdge: Int?
        var longestEdge: Int?
        /// In an older file.
        var number: Int?

        private enum CodingKeys: String, CodingKey {
            case height, width
            case shortestEdge = "shortest_edge"
            case longestEdge = "longest_edge"
        }

        init(from decoder: any Decoder) throws {
            if let number = try? decoder.singleValueContainer().decode(Int.self) {
                self.number = number
                return
            }
            let values = try decoder.container(keyedBy: CodingKeys.self)
            height = try values.decodeIfPresent(Int.self, forKey: .height)
            width = try values.decodeIfPresent(Int.self, forKey: .width)
            shortestEdge = try values.decodeIfPresent(Int.self, forKey: .shortestEdge)
            longestEdge = try values.decodeIfPresent(Int.self, forKey: .longestEdge)
        }

        /// Of both sides.
        var whole: PictureSize? {
            if let height, let width { return PictureSize(height: height, width: width) }
            return (number ?? shortestEdge).map { PictureSize(height: $0, width: $0) }
        }
    }

    /// One, or one a channel.
    private struct Numbers: Decodable {
        let values: [Double]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            values = try (try? [container.decode(Double.self)]) ?? container.decode([Double].self)
        }
    }

    /// Whether it says anything of the size.
    var isOne: Bool { size != nil || cropSize != nil }

    func preprocessing() throws(Unknown) -> ForeignPreprocessing {
        if doPad == true { throw Unknown(what: "padding (do_pad)") }
        if doFlipChannelOrder == true { throw Unknown(what: "blue before red (do_flip_channel_order)") }
        if rescaleOffset == true { throw Unknown(what: "values around 0 (rescale_offset)") }
        var result = try placement()
        result.interpolation = try interpolation()
        // From 0...255 to what the network was trained on; Akin's values are 0...1.
        let white = doRescale == false ? 255 : 255 * (rescaleFactor ?? 1 / 255)
        let isNormalised = doNormalize ?? (mean != nil)
        let means = isNormalised ? mean?.values : [0]
        let deviations = isNormalised ? deviation?.values : [1]
        result.mean = means.map { $0.map { Self.share($0, of: white) } }
        result.deviation = deviations.map { $0.map { Self.share($0, of: white) } }
        return result
    }

    /// What the usual factor makes of 255 is 1, but for its last digits.
    private static func share(_ number: Double, of white: Double) -> Float {
        abs(white - 1) < 1e-9 ? Float(number) : Float(number / white)
    }

    private func placement() throws(Unknown) -> ForeignPreprocessing {
        guard doResize != false, let size else {
            throw Unknown(what: "pictures in their own size (do_resize)")
        }
        if size.longestEdge != nil { throw Unknown(what: "pictures of different shapes (longest_edge)") }
        let isCropped = doCenterCrop ?? (cropSize != nil)
        if isCropped, let crop = (cropSize ?? size).whole {
            if size.height != nil {
                guard size.whole == crop else {
                    throw Unknown(what: "a stretched picture that is then cut (size and crop_size)")
                }
                return ForeignPreprocessing(size: crop)
            }
            return ForeignPreprocessing(
                size: crop, isCropped: true, shorterSide: size.shortestEdge ?? size.number)
        }
        if let edge = size.shortestEdge {
            // As ConvNeXt: small inputs are cut from a larger picture, others are stretched.
            guard let cropPart, cropPart > 0, cropPart <= 1 else {
                throw Unknown(what: "pictures of different shapes (shortest_edge without a crop)")
            }
            let square = PictureSize(height: edge, width: edge)
            guard edge < 384 else { return ForeignPreprocessing(size: square) }
            return ForeignPreprocessing(
                size: square, isCropped: true, shorterSide: Int(Double(edge) / cropPart))
        }
        return ForeignPreprocessing(size: size.whole)
    }

    /// By Pillow's numbers.
    private func interpolation() throws(Unknown) -> Preprocessing.Interpolation {
        switch resample ?? 2 {
        case 2: .bilinear
        case 3: .bicubic
        case 4: .area
        case let other: throw Unknown(what: "the interpolation \(other) (resample)")
        }
    }
}
