/// A module as Package.swift declares it.
struct PackageTarget: Equatable {
    var name: String
    /// Modules, and products of other packages by their names.
    var dependencies: [String]
}

/// The modules of a package manifest, read from its text: to ask the package manager would take a second one that
/// waits until the first, which runs the tests, has ended.
struct PackageTargets {
    /// Those in `Sources`, so neither tests nor what has a `path` of its own.
    var modules: [PackageTarget] = []
    private var products: [String: String] = [:]

    init(manifest: String) {
        let tokens = [Token](source: manifest)
        products = Self.products(in: tokens)
        guard let word = tokens.lastIndex(where: { $0.isWord("targets") }), word + 2 < tokens.count else {
            return
        }
        var position = word + 3
        let end = tokens.end(ofBracketAt: word + 2)
        while position < end {
            guard tokens[position].kind == .word, tokens[position + 1].isSign("(") else {
                position += 1
                continue
            }
            let close = tokens.end(ofBracketAt: position + 1)
            add(Array(tokens[position...close]))
            position = close + 1
        }
    }

    /// `let yams = Target.Dependency.product(name: "Yams", ...)`: the name that is imported by that of the constant.
    private static func products(in tokens: [Token]) -> [String: String] {
        var products: [String: String] = [:]
        for position in tokens.indices where tokens[position].isWord("let") {
            guard let bracket = tokens[position...].firstIndex(where: { $0.isSign("(") }),
                tokens[bracket - 1].isWord("product"), let name = name(inCallAt: bracket, of: tokens)
            else { continue }
            products[tokens[position + 1].text] = name
        }
        return products
    }

    /// The literal that comes first, be it labelled `name` or not.
    private static func name(inCallAt bracket: Int, of tokens: [Token]) -> String? {
        let place = bracket + (tokens[bracket + 1].isWord("name") ? 3 : 1)
        return place < tokens.count && tokens[place].kind == .literal ? tokens[place].text : nil
    }

    /// A call in the list of targets: `.target(name: "A", dependencies: ["B"])` or `module("A", uses: ["B"])`.
    private mutating func add(_ call: [Token]) {
        guard !["testTarget", "tests"].contains(call[0].text), !call.contains(where: { $0.isWord("path") }),
            let name = Self.name(inCallAt: 1, of: call)
        else { return }
        var dependencies: [String] = []
        if let word = call.firstIndex(where: { $0.isWord("dependencies") || $0.isWord("uses") }) {
            let end = call.end(ofBracketAt: word + 2)
            var position = word + 3
            while position < end {
                if call[position + 1].isSign("(") {
                    dependencies += [Self.name(inCallAt: position + 1, of: call)].compactMap { $0 }
                    position = call.end(ofBracketAt: position + 1)
                } else if call[position].kind != .sign {
                    dependencies.append(products[call[position].text] ?? call[position].text)
                }
                position += 1
            }
        }
        modules.append(PackageTarget(name: name, dependencies: dependencies))
    }
}
