import AkinVectorSearch
import CAkinKernels

/// The `k` smallest distances, nearest first, then by position; those that are not numbers are passed over.
func nearestPositions(_ k: Int, in distances: UnsafeBufferPointer<Float>) -> [Neighbour] {
    guard k > 0, let base = distances.baseAddress else { return [] }
    guard k <= 65 else {
        return Array(
            distances.indices.lazy.filter { !distances[$0].isNaN }
                .map { Neighbour(id: UInt64($0), distance: distances[$0]) }
                .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
                .prefix(k))
    }
    var nearest: [Neighbour] = []
    nearest.reserveCapacity(k + 1)
    var i = 0
    while true {
        // Of many distances, few are among the smallest so far.
        if nearest.count == k { i = akin_next_below(base, nearest[k - 1].distance, i, distances.count) }
        guard i < distances.count else { return nearest }
        let distance = distances[i]
        if !distance.isNaN {
            var place = nearest.count
            while place > 0, distance < nearest[place - 1].distance { place -= 1 }
            nearest.insert(Neighbour(id: UInt64(i), distance: distance), at: place)
            if nearest.count > k { nearest.removeLast() }
        }
        i += 1
    }
}

/// The nearest item of the class `own` and the nearest of all others, the first of equally near ones; `classes` has the
/// class of each item. Nil where there is none at a finite distance.
func nearestOfClasses(
    _ classes: UnsafeBufferPointer<Int32>, own: Int32, in distances: UnsafeBufferPointer<Float>
) -> (own: Neighbour?, other: Neighbour?) {
    var nearest = (own: Neighbour?.none, other: Neighbour?.none)
    guard let base = distances.baseAddress, let classes = classes.baseAddress else { return nearest }
    var i = 0
    while true {
        i = akin_next_below_of_classes(
            base, classes, own, nearest.own?.distance ?? .infinity, nearest.other?.distance ?? .infinity, i,
            distances.count)
        guard i < distances.count else { return nearest }
        let neighbour = Neighbour(id: UInt64(i), distance: distances[i])
        if classes[i] == own { nearest.own = neighbour } else { nearest.other = neighbour }
        i += 1
    }
}
