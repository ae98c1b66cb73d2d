import AkinBasics
import AkinIndexing
import AkinItems

extension ItemFilter {
    /// Throws where it asks for a label or a group that no item of the index has; of an empty index nothing is said.
    func check(in index: EmbeddingIndex) throws {
        guard labels != nil || groups != nil, try index.count > 0 else { return }
        let (known, knownGroups) = try index.read { (try $0.labelCounts(), try $0.groupCounts()) }
        for label in labels ?? [] where known[label] == nil {
            throw JobError.unknownLabel(label, nearest: nearest(to: label, in: known.keys.sorted()))
        }
        for group in groups ?? [] where knownGroups[group] == nil {
            throw JobError.unknownGroup(group, nearest: nearest(to: group, in: knownGroups.keys.sorted()))
        }
    }
}

extension Monitor {
    /// Tells of a group that is to be left out and that no item has.
    func noteUnknownGroup(_ exclusion: Exclusion, in index: EmbeddingIndex) throws {
        guard let group = exclusion.group, !group.isEmpty else { return }
        let known = try index.read { try $0.groupCounts() }
        guard known[group] == nil, try index.count > 0 else { return }
        note(.excludedGroup(group, nearest: nearest(to: group, in: known.keys.sorted())))
    }
}
