/// At which ranks the items of a class come among all that are compared with, when they are sorted by their distance.
struct RelevantRanks {
    /// The ranks, from 1 and ascending.
    private(set) var ranks: [Int] = []
    /// How many items are compared with, of whatever class.
    private(set) var compared = 0

    /// Distances that are no number, or infinite, are of what is not compared with.
    ///
    /// Of equal distances those of other classes come first, so that nothing is won by embeddings that are all alike.
    /// O(items · log(items of the class)), mostly O(items): the others are not sorted, only counted between those of the class.
    init(in distances: UnsafeBufferPointer<Float>, classes: UnsafeBufferPointer<Int32>, own: Int32) {
        var relevant: [Float] = []
        for item in distances.indices where distances[item].isFinite {
            compared += 1
            if classes[item] == own { relevant.append(distances[item]) }
        }
        guard !relevant.isEmpty else { return }
        let bins = Bins(of: &relevant)
        let high = relevant[relevant.count - 1]
        var before = [Int](repeating: 0, count: relevant.count)
        for item in distances.indices where distances[item] <= high && classes[item] != own {
            before[bins.place(of: distances[item], in: relevant)] += 1
        }
        var sum = 0
        ranks = before.enumerated().map { place, more in
            sum += more
            return place + 1 + sum
        }
    }
}

/// Bins of equal width, twice as many as values, which tell where among these to look.
private struct Bins {
    private let low: Float
    private let scale: Float
    /// How many values lie in the bins before each.
    private let starts: [Int]

    /// Sorts the values, at least one of them, all finite.
    init(of values: inout [Float]) {
        let count = 2 * values.count
        let low = values.min()!
        let width = (values.max()! - low) / Float(count - 1)
        // Where all are (nearly) equal, there is one bin.
        let scale = width.isFinite && (1 / width).isFinite ? 1 / width : 0
        var starts = [Int](repeating: 0, count: count + 2)
        let bins = values.map { min(Int(($0 - low) * scale), count - 1) }
        for bin in bins { starts[bin + 2] += 1 }
        for bin in 2..<starts.count { starts[bin] += starts[bin - 1] }
        // Where the next value of each bin belongs; when all are there, where the next bin begins.
        var sorted = values
        for (value, bin) in zip(values, bins) {
            sorted[starts[bin + 1]] = value
            starts[bin + 1] += 1
        }
        for bin in 0..<count where starts[bin + 1] - starts[bin] > 1 {
            sorted[starts[bin]..<starts[bin + 1]].sort()
        }
        values = sorted
        (self.low, self.scale, self.starts) = (low, scale, starts)
    }

    /// The first of the values that is not below this one, which is none above all.
    func place(of value: Float, in values: [Float]) -> Int {
        guard value > low else { return 0 }
        let bin = min(Int((value - low) * scale), starts.count - 3)
        var (first, last) = (starts[bin], starts[bin + 1])
        while first < last {
            let middle = (first + last) / 2
            if values[middle] < value { first = middle + 1 } else { last = middle }
        }
        return first
    }
}
