/// As an index, a recipe or a report keeps it: `{"name": "nearest-neighbours", "k": 5, "weighting": "uniform"}`. What a rule
/// does not heed is not written; what is missing is read as who says nothing has it.
extension Classifier: Codable {
    private enum CodingKeys: CodingKey { case name, k, weighting, kernel, degree, shrinkage, trees, seed }

    /// Of one of the names that commands and recipes use.
    ///
    /// - Throws: `ClassificationError` where there is no such name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or usual: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? usual
        }
        let usual = ClassifierSettings()
        try self.init(
            named: container.decode(String.self, forKey: .name),
            settings: ClassifierSettings(
                k: value(.k, or: usual.k), weighting: value(.weighting, or: usual.weighting),
                kernel: value(.kernel, or: usual.kernel), degree: value(.degree, or: usual.degree),
                shrinkage: value(.shrinkage, or: usual.shrinkage), trees: value(.trees, or: usual.trees),
                seed: value(.seed, or: usual.seed)))
    }

    /// The name, and what the rule heeds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        switch rule {
        case let rule as NearestNeighbours:
            try container.encode(rule.k, forKey: .k)
            try container.encode(rule.weighting, forKey: .weighting)
        case let rule as SupportVectors:
            try container.encode(rule.kernel, forKey: .kernel)
            if rule.kernel == .polynomial { try container.encode(rule.degree, forKey: .degree) }
        case let rule as Discriminant where rule.shrinkage != .penalty:
            try container.encode(rule.shrinkage, forKey: .shrinkage)
        case let rule as RandomForest:
            try container.encode(rule.trees, forKey: .trees)
            try container.encode(rule.seed, forKey: .seed)
        default: break
        }
    }
}
