/// The `k` nearest of the neighbours that it has been shown: a heap with the farthest of them on top.
struct NearestList {
    private let k: Int
    private var heap: [Neighbour] = []

    init(_ k: Int) { self.k = k }

    /// A neighbour farther away than this does not get in. One at this very distance may, by its id.
    private(set) var bound = Float.infinity

    /// Shows it one more; whether it is among the nearest so far. O(log k).
    @discardableResult
    mutating func insert(_ neighbour: Neighbour) -> Bool {
        if heap.count < k {
            heap.append(neighbour)
            var i = heap.count - 1
            while i > 0, heap[(i - 1) / 2] < heap[i] {
                heap.swapAt(i, (i - 1) / 2)
                i = (i - 1) / 2
            }
        } else {
            guard k > 0, neighbour < heap[0] else { return false }
            heap[0] = neighbour
            var i = 0
            while true {
                var largest = i
                for child in [2 * i + 1, 2 * i + 2] where child < k && heap[largest] < heap[child] {
                    largest = child
                }
                guard largest != i else { break }
                heap.swapAt(i, largest)
                i = largest
            }
        }
        if heap.count == k, k > 0 { bound = heap[0].distance }
        return true
    }

    /// In no particular order.
    var neighbours: [Neighbour] { heap }
}
