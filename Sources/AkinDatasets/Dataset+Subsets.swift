import AkinBasics
import AkinTensors

/// Few-shot subsets and splits. All keep the order of the samples, and what was skipped.
extension Dataset {
    /// The samples for which `isIncluded` is true.
    public func filtered(_ isIncluded: (Sample) -> Bool) -> Dataset {
        with(samples.filter(isIncluded))
    }

    /// The first `count` samples of each class, or all of a class that has fewer.
    public func first(ofEachClass count: Int) -> Dataset {
        var taken: [String: Int] = [:]
        return filtered {
            taken[$0.label, default: 0] += 1
            return taken[$0.label]! <= count
        }
    }

    /// `count` samples of each class, drawn without replacement, or all of a class that has fewer.
    ///
    /// What is drawn of a class depends on the seed and on that class only, and a larger `count` adds to what a
    /// smaller one draws.
    public func random(ofEachClass count: Int, seed: UInt64) -> Dataset {
        var drawn: Set<Int> = []
        for (label, positions) in Dictionary(grouping: samples.indices, by: { samples[$0].label }) {
            var positions = positions
            var generator = SeededGenerator(
                seed: seed, .samples(ofClass: ContentHash(of: label.composed.utf8).low))
            for i in 0..<max(min(count, positions.count), 0) {
                positions.swapAt(i, Int.random(in: i..<positions.count, using: &generator))
                drawn.insert(positions[i])
            }
        }
        return with(samples.indices.filter(drawn.contains).map { samples[$0] })
    }

    /// The samples of these classes, `*` standing for any characters (`Korean/*`); an error where one has none.
    public func only(labels: [String]) throws(DatasetError) -> Dataset {
        let labels = try matching(labels)
        return filtered { labels.contains($0.label) }
    }

    /// The samples of all classes but these, `*` standing for any characters; an error where one of these has none.
    public func except(labels: [String]) throws(DatasetError) -> Dataset {
        let labels = try matching(labels)
        return filtered { !labels.contains($0.label) }
    }

    /// The labels that are among these, `*` standing for any characters; an error where one stands for none.
    public func matching(_ patterns: [String]) throws(DatasetError) -> Set<String> {
        let known = labels
        var matching: Set<String> = []
        for text in patterns {
            let pattern = LabelPattern(text)
            let found = known.filter(pattern.matches)
            if found.isEmpty { throw .unknownLabel(text, nearest: nearest(to: text, in: known)) }
            matching.formUnion(found)
        }
        return matching
    }

    /// The distinct splits, in the order of their characters' numbers.
    public var splits: [String] { Set(samples.compactMap(\.split)).sorted() }

    /// The samples whose `split` is the given one; an error where none is.
    public func only(split: String) throws(DatasetError) -> Dataset {
        try check([split], in: splits) { .unknownSplit($0, nearest: $1) }
        return filtered { $0.split == split }
    }

    /// The distinct groups, in the order of their characters' numbers.
    public var groups: [String] { Set(samples.compactMap(\.group)).sorted() }

    /// The samples of these groups; an error where one has none.
    public func only(groups: [String]) throws(DatasetError) -> Dataset {
        try check(groups, in: self.groups) { .unknownGroup($0, nearest: $1) }
        let groups = Set(groups)
        return filtered { $0.group.map(groups.contains) ?? false }
    }

    /// The samples of all groups but these, and those without one; an error where one of these has none.
    public func except(groups: [String]) throws(DatasetError) -> Dataset {
        try check(groups, in: self.groups) { .unknownGroup($0, nearest: $1) }
        let groups = Set(groups)
        return filtered { !($0.group.map(groups.contains) ?? false) }
    }

    private func check(
        _ names: [String], in known: [String], _ error: (String, String?) -> DatasetError
    ) throws(DatasetError) {
        for name in names where !known.contains(name) { throw error(name, nearest(to: name, in: known)) }
    }
}
