import AkinVectorSearch

/// The `k` smallest distances, nearest first, then by position; those that are not numbers are passed over.
func nearestPositions(_ k: Int, in distances: UnsafeBufferPointer<Float>) -> [Neighbour] {
    guard k > 0 else { return [] }
    guard k <= 64 else {
        return Array(
            distances.indices.lazy.filter { !distances[$0].isNaN }
                .map { Neighbour(id: UInt64($0), distance: distances[$0]) }
                .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
                .prefix(k))
    }
    var nearest: [Neighbour] = []
    nearest.reserveCapacity(k + 1)
    for block in distances.blocks {
        if nearest.count == k, !distances.isAny(of: block, below: nearest[k - 1].distance) { continue }
        for i in block {
            let distance = distances[i]
            if nearest.count == k, !(distance < nearest[k - 1].distance) { continue }
            if distance.isNaN { continue }
            var place = nearest.count
            while place > 0, distance < nearest[place - 1].distance { place -= 1 }
            nearest.insert(Neighbour(id: UInt64(i), distance: distance), at: place)
            if nearest.count > k { nearest.removeLast() }
        }
    }
    return nearest
}

/// The nearest item of the class `own` and the nearest of all others, the first of equally near ones; `classes` has the
/// class of each item. Nil where there is none at a finite distance.
func nearestOfClasses(
    _ classes: UnsafeBufferPointer<Int32>, own: Int32, in distances: UnsafeBufferPointer<Float>
) -> (own: Neighbour?, other: Neighbour?) {
    var nearest = (own: Neighbour?.none, other: Neighbour?.none)
    var limits = (own: Float.infinity, other: Float.infinity)
    for block in distances.blocks {
        guard distances.isAny(of: block, below: limits, in: classes, own: own) else { continue }
        for i in block {
            let distance = distances[i]
            if classes[i] == own {
                guard distance < limits.own else { continue }
                (nearest.own, limits.own) = (Neighbour(id: UInt64(i), distance: distance), distance)
            } else {
                guard distance < limits.other else { continue }
                (nearest.other, limits.other) = (Neighbour(id: UInt64(i), distance: distance), distance)
            }
        }
    }
    return nearest
}

/// Whole blocks are passed over sixteen distances at a time: of many distances, few are among the smallest so far.
extension UnsafeBufferPointer<Float> {
    private static var blockSize: Int { 64 }

    fileprivate var blocks: some Sequence<Range<Int>> {
        stride(from: 0, to: count, by: Self.blockSize).lazy.map { $0..<Swift.min($0 + Self.blockSize, count) }
    }

    /// False if no distance in the block is below `limit`. True of a block that is cut short.
    @inline(__always)
    fileprivate func isAny(of block: Range<Int>, below limit: Float) -> Bool {
        guard block.count == Self.blockSize, let base = baseAddress else { return true }
        let distances = UnsafeRawPointer(base + block.lowerBound)
        var lowest = SIMD16<Float>(repeating: .infinity)
        for offset in stride(from: 0, to: 4 * Self.blockSize, by: 64) {
            let values = distances.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
            lowest = lowest.replacing(with: values, where: values .< lowest)
        }
        return any(lowest .< SIMD16(repeating: limit))
    }

    /// The same with a limit for the items of the class `own` and one for the others.
    @inline(__always)
    fileprivate func isAny(
        of block: Range<Int>, below limits: (own: Float, other: Float),
        in classes: UnsafeBufferPointer<Int32>, own: Int32
    ) -> Bool {
        guard block.count == Self.blockSize, let base = baseAddress, let classes = classes.baseAddress else {
            return true
        }
        let distances = UnsafeRawPointer(base + block.lowerBound)
        let members = UnsafeRawPointer(classes + block.lowerBound)
        let infinity = SIMD16<Float>(repeating: .infinity)
        var (lowestOwn, lowestOther) = (infinity, infinity)
        for offset in stride(from: 0, to: 4 * Self.blockSize, by: 64) {
            let values = distances.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
            let isOwn = members.loadUnaligned(fromByteOffset: offset, as: SIMD16<Int32>.self) .== own
            let (ofOwn, ofOther) = (
                infinity.replacing(with: values, where: isOwn),
                values.replacing(with: infinity, where: isOwn)
            )
            lowestOwn = lowestOwn.replacing(with: ofOwn, where: ofOwn .< lowestOwn)
            lowestOther = lowestOther.replacing(with: ofOther, where: ofOther .< lowestOther)
        }
        return any(
            (lowestOwn .< SIMD16(repeating: limits.own)) .| (lowestOther .< SIMD16(repeating: limits.other)))
    }
}
