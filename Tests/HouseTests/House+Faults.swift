extension House {
    /// Each place where table, package and sources disagree, and each import of a module that is not above.
    var faults: [String] { (namesThatDisagree + importsNotFromAbove + dependenciesThatDisagree).sorted() }

    /// In which row of the table each module stands.
    private var row: [String: Int] {
        Dictionary(
            table.rows.enumerated().flatMap { row, names in names.map { ($0, row) } },
            uniquingKeysWith: { first, _ in first })
    }

    private var namesThatDisagree: [String] {
        let places = [
            ("the table of CONTRIBUTING.md", table.rows.flatMap { $0 }),
            ("Package.swift", modules.map(\.name)), ("Sources", folders.map(\.name)),
        ]
        let all = Set(places.flatMap(\.1))
        let missing = places.flatMap { place, names in
            all.subtracting(names).map { "\($0) is not in \(place)" }
        }
        let repeated = places.flatMap { place, names in
            Set(names.filter { name in names.count { $0 == name } > 1 }).map { "\($0) is in \(place) twice" }
        }
        return missing + repeated
    }

    /// A module that is nowhere above: below, beside in the same row, or not in the table at all.
    private func isAbove(_ used: String, _ user: String) -> Bool {
        guard let usedRow = row[used], let userRow = row[user] else { return false }
        return usedRow < userRow
    }

    private func isOurs(_ name: String) -> Bool {
        name.hasPrefix("Akin") || name.hasPrefix("CAkin") || row[name] != nil
    }

    private var importsNotFromAbove: [String] {
        folders.flatMap { folder in
            folder.files.flatMap { file, imports in
                imports.filter { isOurs($0.module) && !isAbove($0.module, folder.name) }.map {
                    "\(folder.name)/\(file):\($0.line) imports \($0.module), "
                        + "which is not above \(folder.name) in the table"
                }
            }
        }
    }

    private var dependenciesThatDisagree: [String] {
        modules.flatMap { module -> [String] in
            guard let folder = folders.first(where: { $0.name == module.name }) else { return [] }
            let declared = Set(module.dependencies)
            let imported = Set(folder.files.values.flatMap { $0.map(\.module) })
            // What C includes is not looked at: there only the order counts.
            let isSwift = folder.files.keys.contains { $0.hasSuffix(".swift") }
            let unused = isSwift ? declared.subtracting(imported) : []
            let undeclared = imported.filter(isOurs).subtracting(declared)
            return unused.map { "\(module.name) names \($0) in Package.swift, and no file imports it" }
                + undeclared.map { "\(module.name) imports \($0), which Package.swift does not name for it" }
                + declared.filter { isOurs($0) && !isAbove($0, module.name) }.map {
                    "\(module.name) names \($0) in Package.swift, which is not above it in the table"
                }
        }
    }
}
