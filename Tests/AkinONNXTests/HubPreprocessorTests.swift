import AkinImages
import AkinONNX
import TestSupport
import Testing

/// Descriptions of preprocessings, in the forms that model hubs have.
@Suite struct HubPreprocessorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ json: String) throws -> ForeignPreprocessing {
        try ForeignPreprocessing(preprocessorAt: folder.write("preprocessor_config.json", json))
    }

    private let mean: [Float] = [0.485, 0.456, 0.406]
    private let deviation: [Float] = [0.229, 0.224, 0.225]

    @Test func aPictureThatIsCut() throws {
        let wanted = try read(
            """
            {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_convert_rgb": true,
             "do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.485, 0.456, 0.406],
             "image_processor_type": "BitImageProcessor", "image_std": [0.229, 0.224, 0.225], "resample": 3,
             "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 256}}
            """)
        #expect(
            wanted
                == ForeignPreprocessing(
                    size: PictureSize(height: 224, width: 224), isCropped: true, shorterSide: 256,
                    interpolation: .bicubic, mean: mean, deviation: deviation))
    }

    @Test func aPictureThatIsStretched() throws {
        let wanted = try read(
            """
            {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
             "image_std": [0.5, 0.5, 0.5], "resample": 2, "rescale_factor": 0.00392156862745098,
             "size": {"height": 192, "width": 224}}
            """)
        #expect(
            wanted
                == ForeignPreprocessing(
                    size: PictureSize(height: 192, width: 224), mean: [0.5, 0.5, 0.5],
                    deviation: [0.5, 0.5, 0.5]))
        // As older files have it.
        let older = try read(#"{"do_resize": true, "size": 224, "resample": 2, "do_normalize": false}"#)
        #expect(older.size == PictureSize(height: 224, width: 224) && !older.isCropped)
        #expect(older.mean == [0] && older.deviation == [1])
        let clip = try read(#"{"size": 224, "crop_size": 224, "do_center_crop": true, "resample": 3}"#)
        #expect(
            clip.isCropped && clip.shorterSide == 224 && clip.size == PictureSize(height: 224, width: 224))
    }

    @Test func aShareThatIsCut() throws {
        let small = try read(#"{"size": {"shortest_edge": 224}, "crop_pct": 0.875, "resample": 3}"#)
        #expect(
            small.isCropped && small.shorterSide == 256 && small.size == PictureSize(height: 224, width: 224))
        let large = try read(#"{"size": {"shortest_edge": 384}, "crop_pct": 1.0}"#)
        #expect(!large.isCropped && large.size == PictureSize(height: 384, width: 384))
    }

    /// Values between -1 and 1, or between 0 and 255.
    @Test func otherFactors() throws {
        let signed = try read(
            #"{"size": 8, "rescale_factor": 0.00784313725490196, "image_mean": 1, "image_std": 1}"#)
        #expect(signed.mean == [0.5] && signed.deviation == [0.5])
        let whole = try read(
            #"{"size": 8, "do_rescale": false, "image_mean": [51, 102, 0], "image_std": 51}"#)
        #expect(whole.mean == [0.2, 0.4, 0] && whole.deviation == [0.2])
    }

    @Test(arguments: [
        #"{"size": 8, "do_pad": true}"#, #"{"size": 8, "do_flip_channel_order": true}"#,
        #"{"size": 8, "rescale_offset": true}"#, #"{"size": 8, "resample": 1}"#,
        #"{"size": 8, "do_resize": false}"#, #"{"size": {"shortest_edge": 8}}"#,
        #"{"size": {"shortest_edge": 8, "longest_edge": 9}}"#,
        #"{"size": {"height": 9, "width": 9}, "crop_size": {"height": 8, "width": 8}}"#,
    ]) func whatAkinDoesNotDo(json: String) throws {
        let error = #expect(throws: ONNXError.self) { try read(json) }
        guard case .unknownPreprocessing = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"size": "large"}"#, #"{"image_mean": [0.5]}"#])
    func whatIsNone(json: String) throws {
        let error = #expect(throws: ONNXError.self) { try read(json) }
        guard case .unreadablePreprocessor = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(throws: ONNXError.self) {
            try ForeignPreprocessing(preprocessorAt: folder.path + "/none.json")
        }
    }
}
