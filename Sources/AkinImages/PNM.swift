import CAkinDecoding

/// PBM, PGM and PPM, binary (P4 to P6) and as text (P1 to P3), and PAM (P7), as netpbm's manual pages define them. Of
/// several pictures in a file the first is read.
struct PNM: PictureReader {
    /// How the samples stand in the file.
    enum Form { case text, digits, bits, binary }

    let bytes: UnsafeRawBufferPointer
    var width = 0
    var height = 0
    /// 1 to 4, as the rows have them.
    var channels = 1
    /// What stands for white; PBM's and only its samples are the other way round, 1 for black.
    var most = 1
    var form = Form.binary
    var isBitmap = false
    /// Behind the header, where the samples begin.
    var start = 0

    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 3, bytes[0] == UInt8(ascii: "P") else { return false }
        switch bytes[1] {
        case UInt8(ascii: "1")...UInt8(ascii: "6"): return isBlank(bytes[2]) || bytes[2] == UInt8(ascii: "#")
        // "P7 332" is another format, of thumbnails.
        case UInt8(ascii: "7"): return bytes[2] == 10 || bytes[2] == 13
        default: return false
        }
    }

    init(reading bytes: UnsafeRawBufferPointer) throws(DecodingFailure) {
        self.bytes = bytes
        var header = PNMText(bytes: bytes, part: "header", position: 2)
        let kind = bytes[1] - UInt8(ascii: "0")
        if kind == 7 {
            try readPAM(&header)
        } else {
            width = try header.number()
            height = try header.number()
            isBitmap = kind == 1 || kind == 4
            channels = kind == 3 || kind == 6 ? 3 : 1
            form = kind == 1 ? .digits : kind == 4 ? .bits : kind < 4 ? .text : .binary
            if !isBitmap { most = try header.number() }
            start = header.position
        }
        guard (1...65535).contains(most) else {
            throw .damaged("its largest value is \(most), not 1 to 65535")
        }
        guard kind < 7, form == .bits || form == .binary else { return }
        // One blank, as samples may look like blanks.
        guard start < bytes.count else { throw .truncated }
        guard Self.isBlank(bytes[start]) else { throw .damaged("no blank after its header") }
        start += 1
    }

    private mutating func readPAM(_ header: inout PNMText) throws(DecodingFailure) {
        var depth: Int?
        var type = ""
        while true {
            let (name, value) = try header.line()
            func number() throws(DecodingFailure) -> Int {
                guard let number = Int(value), number >= 0, number < 1 << 31 else {
                    throw .damaged("\(name) is no number")
                }
                return number
            }
            switch name {
            case "": continue
            case "WIDTH": width = try number()
            case "HEIGHT": height = try number()
            case "DEPTH": depth = try number()
            case "MAXVAL": most = try number()
            case "TUPLTYPE": type = type.isEmpty ? value : type + " " + value
            case "ENDHDR":
                start = header.position
                guard let depth else { throw .damaged("no DEPTH in its header") }
                let hasAlpha = type.isEmpty || type.hasSuffix("_ALPHA")
                guard depth == 1 || depth == 3 || (depth == 2 || depth == 4) && hasAlpha else {
                    throw .unsupported(
                        "samples of the kind \(type.isEmpty ? "none" : type), \(depth) a pixel; "
                            + "'pamtopnm -assume FILE' makes a picture of it")
                }
                channels = depth
                return
            default: throw .damaged("a line in its header that begins with neither WIDTH nor the like")
            }
        }
    }

    func describe(_ picture: inout akin_picture) {
        picture.width = UInt32(clamping: width)
        picture.height = UInt32(clamping: height)
        picture.row_width = picture.width
        picture.rows = picture.height
        picture.channels = CInt(channels)
        picture.bits = most < 256 ? 8 : 16
    }

    func read(into rows: RowRoom) throws(DecodingFailure) {
        switch form {
        case .bits: try readBits(into: rows)
        case .binary:
            try checkSize(bytesARow: width * channels * (most < 256 ? 1 : 2))
            if most < 256 { try readBytes(into: rows) } else { try readWords(into: rows) }
        case .text, .digits:
            // A text of fewer characters than samples cannot hold them.
            try checkSize(bytesARow: form == .digits ? width * channels : width * channels * 2 - 1)
            if most < 256 {
                try readText(as: UInt8.self, into: rows)
            } else {
                try readText(as: UInt16.self, into: rows)
            }
        }
    }

    /// So that nothing is looked for behind the end of the file.
    private func checkSize(bytesARow: Int) throws(DecodingFailure) {
        let (size, overflow) = bytesARow.multipliedReportingOverflow(by: height)
        guard !overflow, size <= bytes.count - start else { throw .truncated }
    }

    private func readBits(into rows: RowRoom) throws(DecodingFailure) {
        let stride = (width + 7) / 8
        try checkSize(bytesARow: stride)
        for y in 0..<height {
            let row = bytes.baseAddress! + start + y * stride
            try rows.write(as: UInt8.self) { room in
                for x in 0..<width {
                    let byte = row.load(fromByteOffset: x >> 3, as: UInt8.self)
                    room[x] = byte >> UInt8(7 - x & 7) & 1 == 0 ? 255 : 0
                }
            }
        }
    }

    private func readBytes(into rows: RowRoom) throws(DecodingFailure) {
        let count = width * channels
        let levels = (0..<256).map { scaled($0, to: UInt8.self) }
        for y in 0..<height {
            let row = bytes.baseAddress! + start + y * count
            try rows.write(as: UInt8.self) { room in
                if most == 255 {
                    room.update(from: row.assumingMemoryBound(to: UInt8.self), count: count)
                } else {
                    for i in 0..<count { room[i] = levels[Int(row.load(fromByteOffset: i, as: UInt8.self))] }
                }
            }
        }
    }

    private func readWords(into rows: RowRoom) throws(DecodingFailure) {
        let count = width * channels
        for y in 0..<height {
            let row = bytes.baseAddress! + start + y * count * 2
            try rows.write(as: UInt16.self) { room in
                for i in 0..<count {
                    let value = UInt16(bigEndian: row.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
                    room[i] = most == 65535 ? value : scaled(Int(value), to: UInt16.self)
                }
            }
        }
    }

    private func readText<Sample: PictureSample>(
        as _: Sample.Type, into rows: RowRoom
    ) throws(DecodingFailure) {
        var text = PNMText(bytes: bytes, part: "raster", position: start)
        for _ in 0..<height {
            try rows.write(as: Sample.self) { room throws(DecodingFailure) in
                for i in 0..<(width * channels) {
                    // The digits of a bitmap need no blanks between them.
                    let value = form == .digits ? try text.digit() : try text.number()
                    room[i] = scaled(isBitmap ? 1 - value : value, to: Sample.self)
                }
            }
        }
    }

    /// A value of the file in the whole range, rounded to the nearest.
    private func scaled<Sample: PictureSample>(_ value: Int, to _: Sample.Type) -> Sample {
        Sample((min(value, most) * Int(Sample.max) + most / 2) / most)
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
