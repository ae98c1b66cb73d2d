extension BMP {
    func read(into rows: RowRoom) throws(DecodingFailure) {
        if compression == .runs8 || compression == .runs4 {
            var runs = try BMPRuns(of: self)
            let indices = try runs.indices()
            for y in 0..<height { try write(indices[((height - 1 - y) * width)...].prefix(width), to: rows) }
            return
        }
        let (bits, overflow) = width.multipliedReportingOverflow(by: bitsAPixel)
        let stride = (bits + 31) / 32 * 4
        // The last row's padding may be missing.
        let (before, isTooLong) = stride.multipliedReportingOverflow(by: height - 1)
        guard !overflow, !isTooLong, before <= bytes.count, start <= bytes.count - before - (bits + 7) / 8
        else {
            throw .truncated
        }
        let last = start + before
        let isOpaque = fields.count == 4 && !hasAlpha(stride)
        for y in 0..<height {
            let place = isTopDown ? start + y * stride : last - y * stride
            let row = UnsafeRawBufferPointer(rebasing: bytes[place..<min(place + stride, bytes.count)])
            if !palette.isEmpty {
                try write((0..<width).lazy.map { index(in: row, $0) }, to: rows)
            } else if isWide {
                try writeFields(of: row, as: UInt16.self, isOpaque, to: rows)
            } else if bitsAPixel == 24 {
                try writeBytes(of: row, to: rows)
            } else {
                try writeFields(of: row, as: UInt8.self, isOpaque, to: rows)
            }
        }
    }

    private func index(in row: UnsafeRawBufferPointer, _ x: Int) -> UInt8 {
        if bitsAPixel == 8 { return row[x] }
        let bit = x * bitsAPixel
        return row[bit >> 3] >> UInt8(8 - bitsAPixel - bit & 7) & UInt8(1 << bitsAPixel - 1)
    }

    /// Writes the colours of a row.
    private func write(_ indices: some Sequence<UInt8>, to rows: RowRoom) throws(DecodingFailure) {
        let isGrey = channels == 1
        try rows.write(as: UInt8.self) { room in
            var to = room
            for index in indices {
                let colour = palette[Int(index)]
                to[0] = colour.x
                if isGrey {
                    to += 1
                } else {
                    to[1] = colour.y
                    to[2] = colour.z
                    to += 3
                }
            }
        }
    }

    private func writeBytes(of row: UnsafeRawBufferPointer, to rows: RowRoom) throws(DecodingFailure) {
        let from = row.baseAddress!.assumingMemoryBound(to: UInt8.self)
        try rows.write(as: UInt8.self) { room in
            for x in 0..<width {
                room[3 * x] = from[3 * x + 2]
                room[3 * x + 1] = from[3 * x + 1]
                room[3 * x + 2] = from[3 * x]
            }
        }
    }

    private func writeFields<Sample: PictureSample>(
        of row: UnsafeRawBufferPointer, as _: Sample.Type, _ isOpaque: Bool, to rows: RowRoom
    ) throws(DecodingFailure) {
        try rows.write(as: Sample.self) { room in
            for x in 0..<width {
                let pixel = pixel(in: row, x)
                for channel in fields.indices {
                    room[x * fields.count + channel] = fields[channel].sample(of: pixel, as: Sample.self)
                }
                if isOpaque { room[x * 4 + 3] = .max }
            }
        }
    }

    private func pixel(in row: UnsafeRawBufferPointer, _ x: Int) -> UInt32 {
        bitsAPixel == 16 ? UInt32(row.littleEndian16(at: 2 * x)) : row.littleEndian32(at: 4 * x)
    }

    /// Whether any pixel is seen. Where none is, the program that wrote the file left the field as it was.
    private func hasAlpha(_ stride: Int) -> Bool {
        (0..<height).contains { y in
            let place = start + y * stride
            let row = UnsafeRawBufferPointer(rebasing: bytes[place..<min(place + stride, bytes.count)])
            return (0..<width).contains { fields[3].sample(of: pixel(in: row, $0), as: UInt8.self) > 0 }
        }
    }
}
