extension Classifier {
    /// One as commands and recipes write it where they name several: its name, or behind a colon what is to be set, as in
    /// `nearest-neighbours:15` (how many vote), `random-forest:50` (how many trees), `support-vectors:linear` (the kernel),
    /// `support-vectors:polynomial-2` (of degree 2) or `discriminant:ledoit-wolf` (the shrinkage).
    ///
    /// - Parameter settings: What else is set.
    public init(
        written text: String, settings: ClassifierSettings = ClassifierSettings()
    ) throws(ClassificationError) {
        guard let colon = text.firstIndex(of: ":") else {
            try self.init(named: text, settings: settings)
            return
        }
        let (name, setting) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        // The name is wrong before its setting is.
        _ = try Classifier(named: name, settings: settings)
        var settings = settings
        guard settings.read(setting, of: name) else { throw .unusableSetting(setting, classifier: name) }
        try self.init(named: name, settings: settings)
    }
}

extension ClassifierSettings {
    /// Reads what stands behind a classifier's name; false where that has no such setting.
    fileprivate mutating func read(_ text: String, of name: String) -> Bool {
        switch name {
        case NearestNeighbours.name:
            guard let number = Int(text) else { return false }
            k = number
        case RandomForest.name:
            guard let number = Int(text) else { return false }
            trees = number
        case SupportVectors.name:
            let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let kernel = SupportVectors.Kernel(rawValue: String(parts[0])) else { return false }
            self.kernel = kernel
            guard parts.count > 1 else { return true }
            guard kernel == .polynomial, let number = Int(parts[1]) else { return false }
            degree = number
        case Discriminant.name:
            guard let shrinkage = Discriminant.Shrinkage(rawValue: text) else { return false }
            self.shrinkage = shrinkage
        default: return false
        }
        return true
    }
}
