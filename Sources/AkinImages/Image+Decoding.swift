import AkinBasics
import CAkinDecoding
import CAkinTIFF

extension Image {
    /// Decodes a file of any `ImageFormat`; grey stays grey, all else becomes RGB, 16 bits stay 16.
    ///
    /// - Parameters:
    ///   - page: which of several pictures in the file, from 0.
    ///   - target: the width and height to which the picture will be reduced, if known. A much larger JPEG, WebP or
    ///     JPEG 2000 is then decoded at the smallest scale (of JPEG 1 to 5 eighths) whose result is still at least that wide
    ///     and high, which saves most of the time; and a picture of more than 100 million pixels, of any format, is averaged while it is
    ///     read, to what is still that large.
    public init(
        decoding bytes: UnsafeRawBufferPointer, page: Int = 0,
        fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = .standard
    ) throws(ImageError) {
        let decoding = try Decoding(of: bytes, page: page, fitting: target)
        self = try decoding.image(limits: limits)
    }

    /// The same from an array.
    public init(
        decoding bytes: [UInt8], page: Int = 0, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = .standard
    ) throws(ImageError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ImageError) in
                try Image(decoding: buffer, page: page, fitting: target, limits: limits)
            }
        }
        self = try result.get()
    }

    /// The same from a file.
    public init(
        contentsOf path: String, page: Int = 0, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = .standard
    ) throws(ImageError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileBytes.read(path, limit: limits.memory)
        } catch .tooLarge(let bytes, let limit) {
            throw .fileTooLarge(bytes: bytes, limit: limit)
        } catch {
            throw .file(path: path, error)
        }
        try self.init(decoding: bytes, page: page, fitting: target, limits: limits)
    }

    /// How many pages a TIFF file has, and whether these are all: one that was cut off has others that cannot be found. Nil
    /// of other files, which have one, and of what cannot be read. Only the directories are read.
    package static func pages(contentsOf path: String) -> (count: Int, areAll: Bool)? {
        guard let file = try? FileParts(path), file.isTIFF else { return nil }
        var picture = akin_picture()
        var isWhole: CInt = 0
        let code = withExtendedLifetime(file) {
            akin_tiff_count_pages(
                { context, place, count, offset in
                    let file = Unmanaged<FileParts>.fromOpaque(context!).takeUnretainedValue()
                    let buffer = UnsafeMutableRawBufferPointer(start: place, count: Int(count))
                    return (try? file.read(buffer, at: Int(offset))) == buffer.count ? 1 : 0
                }, Unmanaged.passUnretained(file).toOpaque(), UInt64(file.size), &picture, &isWhole)
        }
        return code == 0 ? (max(Int(picture.pages), 1), isWhole != 0) : nil
    }
}

extension FileParts {
    fileprivate var isTIFF: Bool {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { beginning in
            guard let count = try? read(beginning, at: 0) else { return false }
            return ImageFormat(of: UnsafeRawBufferPointer(rebasing: beginning[..<count])) == .tiff
        }
    }
}

/// A picture in a file whose header has been read.
private struct Decoding {
    private let format: ImageFormat
    private let orientation: Orientation
    private var file = akin_encoded()
    private var picture = akin_picture()

    init(of bytes: UnsafeRawBufferPointer, page: Int, fitting target: (width: Int, height: Int)?)
        throws(ImageError)
    {
        guard !bytes.isEmpty else { throw .empty }
        guard let format = ImageFormat(of: bytes) else { throw .unknownFormat(ForeignContent(of: bytes)) }
        self.format = format
        file.bytes = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        file.count = bytes.count
        file.page = UInt32(clamping: page)
        file.memory = .max

        let carried = format.decoder.carrier?(bytes)
        file.aim(at: target, carried ?? .upright)
        picture = try Self.measured(format, file)
        orientation = carried ?? Orientation(rawValue: Int(picture.orientation)) ?? .upright
        if carried == nil, orientation.swapsAxes, target != nil {
            file.aim(at: target, orientation)
            picture = try Self.measured(format, file)
        }
        guard picture.width > 0, picture.height > 0 else { throw .zeroSize(format) }
        guard 0..<pages ~= page else { throw .noPage(page, of: pages) }
    }

    var pages: Int { max(Int(picture.pages), 1) }

    private static func measured(
        _ format: ImageFormat, _ file: akin_encoded
    ) throws(ImageError) -> akin_picture {
        var picture = akin_picture()
        let code = withUnsafePointer(to: file) { format.decoder.measure($0, &picture) }
        try check(code, format, picture)
        return picture
    }

    func image(limits: DecodingLimits) throws(ImageError) -> Image {
        let plan = PicturePlan(of: picture, for: file, limits: limits)
        let turned = orientation == .upright ? 0 : plan.turnedBytes
        let needed = plan.bytes + max(min(picture.memory, .max / 4), turned)
        guard needed <= max(limits.memory, 0) else {
            throw .tooLarge(
                width: Int(picture.width), height: Int(picture.height), needed: Int(needed),
                limit: limits.memory)
        }
        var file = file
        file.memory = UInt64(limits.memory) - plan.bytes
        let samples: Image.Samples =
            picture.bits == 16
            ? .sixteen(try decoded(as: UInt16.self, file, plan))
            : .eight(try decoded(as: UInt8.self, file, plan))
        let image = Image(
            width: plan.width, height: plan.height, channels: plan.colours, samples: samples,
            depth: Int(picture.depth))
        return orientation.applied(to: image)
    }

    private func decoded<Sample: PictureSample>(
        as _: Sample.Type, _ file: akin_encoded, _ plan: PicturePlan
    ) throws(ImageError) -> [Sample] {
        var code: CInt = 0
        var picture = akin_picture()
        var isWhole = false
        let samples = [Sample](unsafeUninitializedCapacity: plan.samples) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).willBeFilled()
            let taker = RowTaker<Sample>(of: plan, to: buffer.baseAddress!)
            code = withUnsafePointer(to: file) { file in
                taker.withRows { format.decoder.decode(file, &picture, $0) }
            }
            isWhole = taker.isWhole
            guard code == 0, isWhole else { return }
            count = Ground.lay(buffer, channels: plan.channels)
        }
        try Self.check(code, format, picture)
        guard isWhole else { throw .truncated(format) }
        return samples
    }

    private static func check(_ code: CInt, _ format: ImageFormat, _ picture: akin_picture) throws(ImageError)
    {
        let reason = text(picture.message)
        switch akin_decoding_code(UInt32(code)) {
        case AKIN_DECODING_OK: return
        case AKIN_DECODING_TRUNCATED: throw .truncated(format)
        case AKIN_DECODING_OUT_OF_MEMORY:
            throw .outOfMemory(width: Int(picture.width), height: Int(picture.height))
        case AKIN_DECODING_UNSUPPORTED: throw .unsupported(format, reason: reason)
        case AKIN_DECODING_UNAVAILABLE: throw .unavailable(format, reason: reason)
        case AKIN_DECODING_STOPPED: throw .damaged(format, reason: "more rows than its header says")
        default: throw .damaged(format, reason: reason)
        }
    }
}

extension akin_encoded {
    /// The target is that of the picture as it is seen, the file's that of the picture as it is stored.
    fileprivate mutating func aim(at target: (width: Int, height: Int)?, _ orientation: Orientation) {
        guard let target else { return }
        let (width, height) = orientation.swapsAxes ? (target.height, target.width) : target
        target_width = UInt32(clamping: width)
        target_height = UInt32(clamping: height)
    }
}
