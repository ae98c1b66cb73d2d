/// What is wrong with a recipe. `line` counts from 1; keys are named with those above them, `training.batch`.
public enum RecipeError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notText(path: String)
    case empty(path: String)
    case notYAML(path: String, line: Int, reason: String)
    case unknownKey(path: String, line: Int, key: String, nearest: String?, known: [String])
    case unknownLayer(path: String, line: Int, layer: String, nearest: String?, known: [String])
    /// `line`: where the group begins that has the key twice.
    case repeatedKey(path: String, line: Int, key: String)
    /// `key` means something only with another format of the data.
    case otherFormat(path: String, line: Int, key: String, format: String)
    case missingKey(path: String, key: String)
    case wrongValue(path: String, line: Int, key: String, found: String, expected: String)
}

extension RecipeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "the recipe \(path): \(reason)"
        case .notText(let path): "the recipe \(path): it is not UTF-8 text; save it as UTF-8"
        case .empty(let path): "\(path): it is empty; start from a recipe under Indexes"
        case .notYAML(let path, let line, let reason):
            "\(path), line \(line): not YAML (\(reason)); compare it with the recipes under Indexes"
        case .unknownKey(let path, let line, let key, let nearest?, _):
            "\(path), line \(line): there is no key \(key); did you mean \(nearest)?"
        case .unknownKey(let path, let line, let key, nil, let known):
            "\(path), line \(line): there is no key \(key) here; there are \(known.joined(separator: ", "))"
        case .unknownLayer(let path, let line, let layer, let nearest?, _):
            "\(path), line \(line): there is no layer \(layer); did you mean \(nearest)?"
        case .unknownLayer(let path, let line, let layer, nil, let known):
            "\(path), line \(line): there is no layer \(layer); there are \(known.joined(separator: ", "))"
        case .repeatedKey(let path, let line, let key):
            "\(path), line \(line): the key \(key) is twice in the group that begins there; keep one"
        case .otherFormat(let path, let line, let key, let format):
            "\(path), line \(line): \(key) means nothing with format \(format); leave it out or give another format"
        case .missingKey(let path, let key): "\(path): the key \(key) is missing; add it"
        case .wrongValue(let path, let line, let key, let found, let expected):
            "\(path), line \(line): \(key) is \(found); give \(expected)"
        }
    }
}
