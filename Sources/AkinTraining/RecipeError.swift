/// What is wrong with a recipe. `line` counts from 1.
public enum RecipeError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notYAML(path: String, line: Int, reason: String)
    case unknownKey(path: String, line: Int, key: String, nearest: String?, known: [String])
    case unknownLayer(path: String, line: Int, layer: String, nearest: String?, known: [String])
    case repeatedKey(path: String, line: Int, key: String)
    case missingKey(path: String, key: String)
    case wrongValue(path: String, line: Int, key: String, found: String, expected: String)
}

extension RecipeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "the recipe \(path): \(reason)"
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
            "\(path), line \(line): the key \(key) is there twice; keep one"
        case .missingKey(let path, let key): "\(path): the key \(key) is missing; add it"
        case .wrongValue(let path, let line, let key, let found, let expected):
            "\(path), line \(line): \(key) is \(found); give \(expected)"
        }
    }
}
