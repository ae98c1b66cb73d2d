import AkinTensors
import AkinVectorSearch
import Foundation

/// In which order pictures without labels are best labelled: first that by which most is known of all.
///
/// A picture tells of others by how near they lie: by `2^-(l / L)²`, where `l` is their distance as a length and `L` the one up to which
/// pictures are taken for one class. What each picture is in want of is how uncertain its answer is, less what is told of it by the items
/// that there are and by pictures that come before in the order. The picture comes next that gives most of what is wanted (a
/// facility location, whose greedy order is within a factor of 1 - 1/e of the best: Nemhauser, Wolsey and Fisher 1978; for active
/// learning Wei, Iyer and Bilmes 2015, "Submodularity in data subset selection and active learning"): so it is uncertain, stands for
/// many, and is unlike those before it.
package struct LabelOrder: Sendable {
    /// Positions of pictures, that to be labelled first at the front.
    package private(set) var order: [Int] = []
    /// For each of `order` for how many pictures it tells most.
    package private(set) var standsFor: [Int] = []

    /// O(pictures² · count)
    ///
    /// - Parameters:
    ///   - distances: Of each picture to each other, `[pictures, pictures]`.
    ///   - nearest: Of each picture to the nearest item; infinite where there is none.
    ///   - uncertainty: Of each picture, 0...1.
    ///   - reach: Up to which distance pictures are taken for one class; above 0.
    ///   - power: To this power a distance becomes a length.
    package init(
        _ distances: Matrix, nearest: [Float], uncertainty: [Float], reach: Float, power: Float, count: Int
    ) {
        let pictures = distances.rows
        func telling(_ distance: Float) -> Float {
            exp2(-powf(max(distance, 0) / reach, 2 * power))
        }
        var told = nearest.map(telling)
        var teller = [Int?](repeating: nil, count: pictures)
        let tellings = ThreadPool.shared.map(pictures) { row in distances[row].map(telling) }
        var isTaken = [Bool](repeating: false, count: pictures)
        while order.count < min(count, pictures) {
            let gains = ThreadPool.shared.map(pictures) { row -> Float in
                guard !isTaken[row] else { return -1 }
                var gain: Float = 0
                for (other, value) in tellings[row].enumerated() where value > told[other] {
                    gain += uncertainty[other] * (value - told[other])
                }
                return gain
            }
            guard let best = gains.indices.max(by: { (gains[$0], $1) < (gains[$1], $0) }), gains[best] > 0
            else { break }
            isTaken[best] = true
            for (other, value) in tellings[best].enumerated() where value > told[other] {
                told[other] = value
                teller[other] = order.count
            }
            order.append(best)
        }
        standsFor = order.indices.map { place in teller.count { $0 == place } }
    }
}
