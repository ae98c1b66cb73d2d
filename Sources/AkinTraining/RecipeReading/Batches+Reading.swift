import Yams

extension Recipe.Training.Batches {
    mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        var group = RecipeReader(source: reader.source, prefix: reader.prefix + "batch.")
        let node = reader.node("batch")
        if node?.sequence != nil { throw reader.wrong("batch", self, expected: Self.forms) }
        if node?.mapping != nil {
            group = try reader.group("batch")
            guard let form = try Self.form(&group) else {
                throw reader.wrong("batch", self, expected: Self.forms)
            }
            self = form
        } else if node != nil {
            self = .shuffled(size: 0)
        }
        try readForm(&group, size: &reader)
        guard mostImages <= 8192 else { throw reader.wrong("batch", self, expected: Self.forms) }
    }

    /// Which form the keys of a group have, its numbers not yet read; nil where it is none.
    private static func form(_ group: inout RecipeReader) throws(RecipeError) -> Self? {
        let forms: [(form: Self, needed: [String], others: [String])] = [
            (.pairs(count: 0), ["pairs"], ["positive", "within-group"]),
            (.classes(0, images: 0), ["classes", "images"], []),
            (.episodes(ways: 0, shots: 0, queries: 0), ["ways", "shots", "queries"], []),
        ]
        let keys = forms.flatMap { $0.needed + $0.others }
        for key in keys { _ = group.node(key) }
        try group.finish()
        let said = keys.filter(group.has)
        return forms.first { form in
            form.needed.allSatisfy(group.has) && said.allSatisfy { (form.needed + form.others).contains($0) }
        }?.form
    }

    /// `size` has the number of images where that is all there is to say.
    private mutating func readForm(
        _ group: inout RecipeReader, size reader: inout RecipeReader
    ) throws(RecipeError) {
        switch self {
        case .shuffled(var size):
            try reader.integer("batch", in: 2...8192, into: &size)
            self = .shuffled(size: size)
        case .pairs(var count, var positive, var withinGroup):
            try group.integer("pairs", in: 1...16384, into: &count)
            try group.number("positive", in: 0...1, into: &positive)
            try group.boolean("within-group", into: &withinGroup)
            self = .pairs(count: count, positive: positive, withinGroup: withinGroup)
        case .classes(var classes, var images):
            try group.integer("classes", in: 2...4096, into: &classes)
            try group.integer("images", in: 2...4096, into: &images)
            self = .classes(classes, images: images)
        case .episodes(var ways, var shots, var queries):
            try group.integer("ways", in: 2...4096, into: &ways)
            try group.integer("shots", in: 1...4096, into: &shots)
            try group.integer("queries", in: 1...4096, into: &queries)
            self = .episodes(ways: ways, shots: shots, queries: queries)
        }
    }

    /// Images, where a batch says how many; pairs share theirs.
    private var mostImages: Int {
        switch self {
        case .shuffled(let size): size
        case .pairs: 0
        case .classes(let classes, let images): classes * images
        case .episodes(let ways, let shots, let queries): ways * (shots + queries)
        }
    }

    private static let forms =
        "a whole number, 2 to 8192, or {pairs: 128, positive: 0.5} or {classes: 16, images: 4} or "
        + "{ways: 20, shots: 1, queries: 5}, with at most 8192 images"
}

extension Recipe.Training.Pairs {
    mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        let node = reader.node("pairs")
        if node?.scalar?.string == "all" {
            self = .all
            return
        }
        guard node == nil || node?.mapping != nil else {
            throw reader.wrong("pairs", self, expected: "all, or how many: {positive: 1, negative: 4}")
        }
        if node != nil { self = .proportion() }
        guard case .proportion(var positive, var negative) = self else { return }
        var group = try reader.group("pairs")
        try group.integer("positive", in: 0...1000, into: &positive)
        try group.integer("negative", in: 0...1000, into: &negative)
        self = .proportion(positive: positive, negative: negative)
        if positive == 0, negative == 0 {
            throw reader.wrong("pairs", self, expected: "at least one positive or negative, or all")
        }
        try group.finish()
    }
}
