import AkinTensors

/// Points on a plane in cells that are halved both ways again and again, so that those far away count together (Barnes and
/// Hut 1986; for t-SNE van der Maaten 2014, section 3.2).
///
/// Points are sorted by the cells of the finest grid, cells in the order of the walk: a walk goes through memory forwards. Eight
/// points that lie one after the other walk together; a cell counts as one point where it is small for the nearest corner of
/// their box, which is stricter than to ask for each.
///
/// Nothing is allocated after the beginning. Not to be used from two threads but for `repel`.
final class QuadTree {
    /// The side of a cell over its distance up to which it counts as one point.
    static let theta: Float = 0.5
    /// Points that walk together.
    static let lanes = 8
    private static let bits = 20

    private struct Cell {
        /// The centre of its points.
        var x, y: Float
        /// How many there are.
        var weight: Float
        /// `(side / theta)^2`
        var reach: Float
        /// The cell behind all those in it.
        var skip: Int32
        /// Of a cell that is divided no further, its points; else none.
        var first: Int32
        var count: Int32
    }

    private let count: Int
    /// So many points, or fewer, are not divided any more.
    private let leaf: Int
    /// Whether there is one cell, of which each point counts.
    private var isWhole: Bool { leaf >= count }
    private let cells: UnsafeMutablePointer<Cell>
    private var cellCount = 0
    private let codes, spareCodes: UnsafeMutablePointer<UInt64>
    private let order, spareOrder: UnsafeMutablePointer<Int32>
    private let xs, ys: UnsafeMutablePointer<Float>
    private let counters: UnsafeMutablePointer<Int>
    private var finest: Float = 0

    /// Eights of points, the last one filled up.
    var groups: Int { (count + Self.lanes - 1) / Self.lanes }

    /// - Parameter exactly: Whether each pair of points counts by itself.
    init(count: Int, exactly: Bool) {
        self.count = count
        leaf = exactly ? count : 8
        let padded = (count + Self.lanes - 1) / Self.lanes * Self.lanes
        cells = .allocate(capacity: 2 * count + 1)
        (codes, spareCodes) = (.allocate(capacity: count), .allocate(capacity: count))
        (order, spareOrder) = (.allocate(capacity: padded), .allocate(capacity: count))
        (xs, ys) = (.allocate(capacity: padded), .allocate(capacity: padded))
        counters = .allocate(capacity: 1 << (Self.bits / 2))
        for place in 0..<count { (codes[place], order[place]) = (0, Int32(place)) }
    }

    deinit {
        cells.deallocate()
        codes.deallocate()
        spareCodes.deallocate()
        order.deallocate()
        spareOrder.deallocate()
        xs.deallocate()
        ys.deallocate()
        counters.deallocate()
    }

    /// Takes the points in, `x` and `y` in turn. O(points).
    func build(_ points: UnsafePointer<Double>) {
        if !isWhole { sort(points) }
        let padded = groups * Self.lanes
        for place in 0..<padded {
            let point = Int(order[min(place, count - 1)])
            xs[place] = Float(points[2 * point])
            ys[place] = Float(points[2 * point + 1])
        }
        cellCount = 0
        addCell(0, count)
    }

    /// By the bits of their cells in the finest grid, those of `x` and `y` in turn (Morton 1966).
    private func sort(_ points: UnsafePointer<Double>) {
        var (lowX, lowY, highX, highY) = (points[0], points[1], points[0], points[1])
        for point in 0..<count {
            (lowX, highX) = (min(lowX, points[2 * point]), max(highX, points[2 * point]))
            (lowY, highY) = (min(lowY, points[2 * point + 1]), max(highY, points[2 * point + 1]))
        }
        let side = max(highX - lowX, highY - lowY)
        let cells = Double(1 << Self.bits)
        let scale = side > 0 ? cells / side : 0
        finest = Float(side / cells)
        func cell(_ offset: Double) -> UInt64 { UInt64(min(offset * scale, cells - 1)) }
        for place in 0..<count {
            order[place] = Int32(place)
            codes[place] =
                Self.spread(cell(points[2 * place] - lowX)) << 1
                | Self.spread(cell(points[2 * place + 1] - lowY))
        }
        // By ten bits at a time, the lowest first: an even number of passes ends where it began.
        for shift in stride(from: 0, to: 2 * Self.bits, by: Self.bits) {
            pass(shift, from: codes, order, to: spareCodes, spareOrder)
            pass(shift + Self.bits / 2, from: spareCodes, spareOrder, to: codes, order)
        }
    }

    private func pass(
        _ shift: Int, from codes: UnsafePointer<UInt64>, _ order: UnsafePointer<Int32>,
        to sortedCodes: UnsafeMutablePointer<UInt64>, _ sortedOrder: UnsafeMutablePointer<Int32>
    ) {
        let size = 1 << (Self.bits / 2)
        counters.update(repeating: 0, count: size)
        for place in 0..<count { counters[Int(codes[place] >> shift) & (size - 1)] += 1 }
        var first = 0
        for digit in 0..<size {
            let number = counters[digit]
            counters[digit] = first
            first += number
        }
        for place in 0..<count {
            let digit = Int(codes[place] >> shift) & (size - 1)
            sortedCodes[counters[digit]] = codes[place]
            sortedOrder[counters[digit]] = order[place]
            counters[digit] += 1
        }
    }

    /// A zero between every two bits.
    private static func spread(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
        bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
        bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333
        return (bits | bits << 1) & 0x5555_5555_5555_5555
    }

    /// The smallest cell with these points, and those in it.
    private func addCell(_ first: Int, _ end: Int) {
        let own = cellCount
        cellCount += 1
        let difference = codes[first] ^ codes[end - 1]
        let level = (UInt64.bitWidth - difference.leadingZeroBitCount + 1) / 2
        let side = finest * Float(1 << level)
        let isLeaf = end - first <= leaf || difference == 0
        var (x, y) = (0.0, 0.0)
        if isLeaf {
            for place in first..<end { (x, y) = (x + Double(xs[place]), y + Double(ys[place])) }
        } else {
            let shift = 2 * UInt64(level - 1)
            var start = first
            while start < end {
                let next = self.end(of: codes[start] >> shift, shift: shift, from: start, to: end)
                let child = cellCount
                addCell(start, next)
                let weight = Double(next - start)
                (x, y) = (x + Double(cells[child].x) * weight, y + Double(cells[child].y) * weight)
                start = next
            }
        }
        let weight = Double(end - first)
        cells[own] = Cell(
            x: Float(x / weight), y: Float(y / weight), weight: Float(weight),
            reach: isWhole ? .infinity : side * side / (Self.theta * Self.theta), skip: Int32(cellCount),
            first: Int32(first),
            count: isLeaf ? Int32(end - first) : 0)
    }

    /// Behind the points whose codes begin so.
    private func end(of prefix: UInt64, shift: UInt64, from first: Int, to end: Int) -> Int {
        var (low, high) = (first + 1, end)
        while low < high {
            let middle = (low + high) / 2
            if codes[middle] >> shift == prefix { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// For each point of a group, by its number: `sum(q^2 (y_i - y_j))` of all others in `forces`, `x` and `y` in turn, and
    /// `sum(q)` in `sums`, where `q = 1 / (1 + |y_i - y_j|^2)`.
    func repel(
        _ group: Int, _ forces: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>
    ) {
        typealias Lanes = SIMD8<Float>
        let base = group * Self.lanes
        let x = UnsafeRawPointer(xs + base).loadUnaligned(as: Lanes.self)
        let y = UnsafeRawPointer(ys + base).loadUnaligned(as: Lanes.self)
        let (lowX, highX, lowY, highY) = (x.min(), x.max(), y.min(), y.max())
        var (forceX, forceY, sum) = (Lanes.zero, Lanes.zero, Lanes.zero)
        let one = Lanes(repeating: 1)
        @inline(__always) func add(_ otherX: Float, _ otherY: Float, _ weight: Float) {
            let dx = x - Lanes(repeating: otherX)
            let dy = y - Lanes(repeating: otherY)
            let q = one / (one + dx * dx + dy * dy)
            let weighted = q * Lanes(repeating: weight)
            sum += weighted
            forceX += weighted * q * dx
            forceY += weighted * q * dy
        }
        var place = 0
        while place < cellCount {
            let cell = cells[place]
            let dx = max(lowX - cell.x, cell.x - highX, 0)
            let dy = max(lowY - cell.y, cell.y - highY, 0)
            if cell.reach < dx * dx + dy * dy {
                add(cell.x, cell.y, cell.weight)
                place = Int(cell.skip)
            } else if cell.count > 0 {
                for other in Int(cell.first)..<Int(cell.first) + Int(cell.count) {
                    add(xs[other], ys[other], 1)
                }
                place = Int(cell.skip)
            } else {
                place += 1
            }
        }
        for lane in 0..<min(Self.lanes, count - base) {
            let point = Int(order[base + lane])
            (forces[2 * point], forces[2 * point + 1]) = (forceX[lane], forceY[lane])
            // Its own share, which is no other's.
            sums[point] = sum[lane] - 1
        }
    }
}
