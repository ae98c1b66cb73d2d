import CAkinDecoding

/// A sample of 8 or 16 bits.
protocol PictureSample: FixedWidthInteger, UnsignedInteger, Sendable {
    typealias Take = @convention(c) (UnsafeMutablePointer<akin_rows>?, UnsafeRawPointer?) -> CInt
    /// Hands a row on to a `RowTaker` of such samples. (C has no generic functions.)
    static var take: Take { get }
}

extension UInt8: PictureSample {
    static var take: Take { { RowTaker<UInt8>.take($0!, $1!) } }
}

extension UInt16: PictureSample {
    static var take: Take { { RowTaker<UInt16>.take($0!, $1!) } }
}

/// Takes the rows that a decoder hands on: at their place, or averaged in boxes.
///
/// A box is a part of the picture cut as evenly as whole pixels allow, so all have the same width and height up to one.
/// What has alpha counts by it: the mean is what the pixels look like from afar on any ground.
final class RowTaker<Sample: PictureSample> {
    private let plan: PicturePlan
    private let place: UnsafeMutablePointer<Sample>
    private var taken = 0
    /// Where boxes are averaged: the sums of those that a row meets, and where these begin in it.
    private var sums: [UInt64] = []
    private var columns: [Int] = []

    /// - Parameter place: room for `plan.samples`.
    init(of plan: PicturePlan, to place: UnsafeMutablePointer<Sample>) {
        self.plan = plan
        self.place = place
        guard !plan.isStraight else { return }
        sums = [UInt64](repeating: 0, count: plan.width * plan.channels)
        columns = (0...plan.width).map { Self.start(of: $0, plan.width, plan.rowWidth) }
    }

    /// The first of `old` pixels that is in box `number` of `new`.
    private static func start(of number: Int, _ new: Int, _ old: Int) -> Int { number * old / new }

    /// Whether all rows came.
    var isWhole: Bool { taken == plan.rows }

    /// Calls a decoder with what takes its rows.
    func withRows(_ decode: (UnsafeMutablePointer<akin_rows>) -> CInt) -> CInt {
        let samples = plan.rowWidth * plan.channels
        var rows = akin_rows()
        rows.count = UInt32(plan.rows)
        rows.bytes = samples * MemoryLayout<Sample>.stride
        rows.take = Sample.take
        rows.context = Unmanaged.passUnretained(self).toOpaque()
        return withExtendedLifetime(self) {
            if plan.isStraight {
                rows.room = UnsafeMutableRawPointer(place)
                rows.stride = rows.bytes
                return decode(&rows)
            }
            return withUnsafeTemporaryAllocation(of: Sample.self, capacity: samples) { row in
                rows.room = UnsafeMutableRawPointer(row.baseAddress)
                return decode(&rows)
            }
        }
    }

    static func take(_ rows: UnsafeMutablePointer<akin_rows>, _ samples: UnsafeRawPointer) -> CInt {
        let taker = Unmanaged<RowTaker>.fromOpaque(rows.pointee.context).takeUnretainedValue()
        guard taker.taken < taker.plan.rows else { return 1 }
        if taker.plan.isStraight {
            let room = rows.pointee.room!
            if samples != UnsafeRawPointer(room) {
                room.copyMemory(from: samples, byteCount: rows.pointee.bytes)
            }
            rows.pointee.room = room + rows.pointee.bytes
        } else {
            taker.average(samples.assumingMemoryBound(to: Sample.self))
        }
        taker.taken += 1
        return 0
    }

    private func average(_ row: UnsafePointer<Sample>) {
        switch plan.channels {
        case 1: add(row, 1, hasAlpha: false)
        case 2: add(row, 2, hasAlpha: true)
        case 3: add(row, 3, hasAlpha: false)
        default: add(row, 4, hasAlpha: true)
        }
        let box = (taken * plan.height + plan.height - 1) / plan.rows
        guard taken + 1 == Self.start(of: box + 1, plan.height, plan.rows) else { return }
        finish(box, rows: taken + 1 - Self.start(of: box, plan.height, plan.rows))
    }

    /// With the number of channels known, the loops over them unroll.
    @inline(__always)
    private func add(_ row: UnsafePointer<Sample>, _ channels: Int, hasAlpha: Bool) {
        for box in 0..<plan.width {
            var pixel = row + columns[box] * channels
            let end = row + columns[box + 1] * channels
            // A box is never so wide that a row of it exceeds 64 bits.
            var sum = SIMD4<UInt64>()
            while pixel < end {
                let weight = hasAlpha ? UInt64(pixel[channels - 1]) : 1
                for channel in 0..<channels {
                    let isAlpha = hasAlpha && channel == channels - 1
                    sum[channel] &+= UInt64(pixel[channel]) &* (isAlpha ? 1 : weight)
                }
                pixel += channels
            }
            for channel in 0..<channels { sums[box * channels + channel] &+= sum[channel] }
        }
    }

    /// Writes a row of boxes, and begins the next.
    private func finish(_ row: Int, rows: Int) {
        let channels = plan.channels
        let hasAlpha = channels & 1 == 0
        for box in 0..<plan.width {
            let pixels = UInt64((columns[box + 1] - columns[box]) * rows)
            let to = place + (row * plan.width + box) * channels
            let alpha = hasAlpha ? sums[box * channels + channels - 1] : pixels
            for channel in 0..<channels {
                let count = hasAlpha && channel == channels - 1 ? pixels : alpha
                let sum = sums[box * channels + channel]
                to[channel] = count == 0 ? .max : Sample((sum + count / 2) / count)
                sums[box * channels + channel] = 0
            }
        }
    }
}
