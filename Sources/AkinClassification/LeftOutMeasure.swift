/// A number for each example, that says how it fared when it was left out.
struct LeftOutMeasure: Sendable {
    private let values: [Double]
    /// For each class.
    private let sums: [Double]
    /// The sum over the classes of their means.
    let total: Double

    /// - Parameter values: For each class those of its members; 0 of an example that is its class alone.
    init(_ found: [[Double]], _ members: [[Int]]) {
        var values = [Double](repeating: 0, count: members.reduce(0) { $0 + $1.count })
        for (found, members) in zip(found, members) {
            for (member, value) in zip(members, found) { values[member] = value }
        }
        self.values = values
        sums = members.map { $0.reduce(0) { $0 + values[$1] } }
        total = zip(sums, members).reduce(0) { $0 + $1.0 / Double($1.1.count) }
    }

    /// The sum of the means where a class has one of its `count` examples less.
    func total(without example: Int, ofClass own: Int, of count: Int) -> Double {
        total - sums[own] / Double(count) + (sums[own] - values[example]) / Double(count - 1)
    }
}
