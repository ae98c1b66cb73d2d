import AkinTensors

/// Sorts records of 64 bits by the upper half of each, again and again without an allocation: few by insertion, many by radix, which
/// costs each record the same however many there are.
final class RecordSorter {
    private let spare: FixedList<UInt64>
    private let counters = FixedList<UInt32>(capacity: 1 << mostBits)

    /// Up to so many are sorted by insertion.
    private static let few = 40
    /// Of a key so many bits are looked at a time, at most.
    private static let mostBits = 11

    /// For up to so many records.
    init(capacity: Int) { spare = FixedList(capacity: capacity) }

    /// Sorts `count` records whose upper halves have no more than `bits` bits. Records with equal ones come in an order that only depends
    /// on them and the order in which they came.
    ///
    /// - Returns: Where they lie now: where they did, or in the sorter's own memory until it sorts again.
    func sorted(
        _ records: UnsafeMutablePointer<UInt64>, count: Int, bits: Int
    ) -> UnsafeMutablePointer<UInt64> {
        guard count > Self.few else {
            insert(records, count)
            return records
        }
        // To go through the counters must not cost more than to go through the records.
        let mostBits = min(Self.mostBits, Int.bitWidth - count.leadingZeroBitCount)
        let passes = (bits + mostBits - 1) / mostBits
        let step = (bits + passes - 1) / passes
        var (from, to) = (records, spare.base)
        for pass in 0..<passes {
            distribute(from, to, count, shift: UInt64(32 + pass * step), bits: step)
            swap(&from, &to)
        }
        return from
    }

    private func insert(_ records: UnsafeMutablePointer<UInt64>, _ count: Int) {
        guard count > 1 else { return }
        for i in 1..<count {
            let record = records[i]
            var place = i
            while place > 0, records[place - 1] > record {
                records[place] = records[place - 1]
                place -= 1
            }
            records[place] = record
        }
    }

    private func distribute(
        _ from: UnsafeMutablePointer<UInt64>, _ to: UnsafeMutablePointer<UInt64>, _ count: Int, shift: UInt64,
        bits: Int
    ) {
        let mask: UInt64 = 1 << UInt64(bits) - 1
        let counters = counters.base
        counters.update(repeating: 0, count: 1 << bits)
        for i in 0..<count { counters[Int(truncatingIfNeeded: from[i] &>> shift & mask)] &+= 1 }
        var first: UInt32 = 0
        for digit in 0..<(1 << bits) {
            let own = counters[digit]
            counters[digit] = first
            first &+= own
        }
        for i in 0..<count {
            let digit = Int(truncatingIfNeeded: from[i] &>> shift & mask)
            to[Int(counters[digit])] = from[i]
            counters[digit] &+= 1
        }
    }
}
