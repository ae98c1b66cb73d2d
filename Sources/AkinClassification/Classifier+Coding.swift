/// As an index, a recipe or a report keeps it: `{"name": "nearest-neighbours", "k": 5, "weighting": "uniform"}`. What a rule
/// does not heed is not written; what is missing is read as who says nothing has it.
extension Classifier: Codable {
    private enum CodingKeys: CodingKey { case name, k, weighting, kernel }

    /// Of one of the names that commands and recipes use.
    ///
    /// - Throws: `ClassificationError` where there is no such name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let usual = ClassifierSettings()
        try self.init(
            named: container.decode(String.self, forKey: .name),
            k: container.decodeIfPresent(Int.self, forKey: .k) ?? usual.k,
            weighting: container.decodeIfPresent(Weighting.self, forKey: .weighting) ?? usual.weighting,
            kernel: container.decodeIfPresent(SupportVectors.Kernel.self, forKey: .kernel) ?? usual.kernel)
    }

    /// The name, and what the rule heeds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        switch rule {
        case let rule as NearestNeighbours:
            try container.encode(rule.k, forKey: .k)
            try container.encode(rule.weighting, forKey: .weighting)
        case let rule as SupportVectors: try container.encode(rule.kernel, forKey: .kernel)
        default: break
        }
    }
}
