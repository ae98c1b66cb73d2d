import Testing

/// A checker that finds nothing could be one that cannot.
@Suite struct HouseFaultsTests {
    static let manifest = """
        let csv = Target.Dependency.product(name: "SwiftCSV", package: "SwiftCSV")  // .target(name: "No")
        let package = Package(
            name: "Akin",
            products: [.library(name: "Akin", targets: ["Akin"])],
            targets: [
                .target(name: "CAkinFiles", linkerSettings: [.linkedLibrary("files")]),
                .systemLibrary(
                    name: "CAkinZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
                module("AkinGround", uses: ["CAkinFiles"]),
                module("AkinFirst", uses: ["AkinGround", "CAkinZlib", csv]),
                module("AkinBeside", uses: []),
                module("Akin", uses: ["AkinGround", "AkinFirst"]),
                .executableTarget(
                    name: "AkinCommands", dependencies: ["Akin", .product(name: "ArgumentParser", package: "a")],
                    swiftSettings: settings),
                .executableTarget(name: "Pictures", dependencies: ["Akin"], path: "Tools/Pictures"),
                .testTarget(name: "HouseTests"),
                tests(of: "AkinFirst", uses: ["AkinGround"]),
            ]
        )
        """
    static let table = """
        | entry | what it is |
        |---|---|
        | `Tools` | another table |

        | module | what lives there |
        |---|---|
        | `CFiles`, `CZlib` | C |
        | `Ground` | what `First` stands on |
        | `First`, `Beside` | |
        | `Akin` | all |
        | `Commands` | the program |

        | `After` | no row of that table |
        """

    /// A house in order, but for what `files` puts in the place of its own.
    func faults(
        _ files: [String: String] = [:], table: String = Self.table, manifest: String = Self.manifest
    ) -> [String] {
        let sound = [
            "CAkinFiles/files.c": "#include \"import AkinFirst\"",
            "CAkinZlib/module.modulemap": "",
            "AkinGround/Ground.swift": "public import CAkinFiles",
            "AkinFirst/First.swift": "import AkinGround\nimport CAkinZlib\nimport SwiftCSV",
            "AkinBeside/Beside.swift": "import Foundation",
            "Akin/Akin.swift": "@_exported import AkinGround\n@_exported import AkinFirst",
            "AkinCommands/Deep/Run.swift": "import Akin\nimport ArgumentParser",
        ]
        var folders: [String: House.Folder] = [:]
        for (path, text) in sound.merging(files, uniquingKeysWith: { $1 }) {
            let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
            folders[parts[0], default: .init(name: parts[0], files: [:])].files[parts[1]] =
                path.hasSuffix(".swift") ? [Token](source: text).imports : []
        }
        return House(
            table: ModuleTable(markdown: table), modules: PackageTargets(manifest: manifest).modules,
            folders: Array(folders.values)
        ).faults
    }

    func manifest(_ old: String, _ new: String) -> String { Self.manifest.replacing(old, with: new) }

    @Test func theTableIsReadRowByRow() {
        #expect(
            ModuleTable(markdown: Self.table).rows == [
                ["CAkinFiles", "CAkinZlib"], ["AkinGround"], ["AkinFirst", "AkinBeside"], ["Akin"],
                ["AkinCommands"],
            ])
        #expect(ModuleTable(markdown: "no table").rows.isEmpty)
    }

    @Test func ofThePackageOnlyModulesAreRead() {
        #expect(
            PackageTargets(manifest: Self.manifest).modules.map(\.name) == [
                "CAkinFiles", "CAkinZlib", "AkinGround", "AkinFirst", "AkinBeside", "Akin", "AkinCommands",
            ])
        #expect(
            PackageTargets(manifest: Self.manifest).modules[3].dependencies == [
                "AkinGround", "CAkinZlib", "SwiftCSV",
            ])
    }

    @Test func aHouseInOrderHasNoFaults() { #expect(faults() == []) }

    @Test(arguments: [
        "import AkinFirst", "internal import AkinFirst", "@_exported import AkinFirst",
        "import struct AkinFirst.Thing", "#if canImport(AkinFirst)",
        "#if os(Linux)\n  import AkinFirst\n#endif",
        "/* a comment /* with one */ */ import AkinFirst", "import Foundation; import AkinFirst",
    ])
    func anImportFromBelowIsFound(line: String) {
        let found = faults(["AkinGround/Other.swift": line])
        #expect(found.count == 2)
        #expect(
            found.contains { $0.hasSuffix("imports AkinFirst, which is not above AkinGround in the table") })
        #expect(found.contains("AkinGround imports AkinFirst, which Package.swift does not name for it"))
    }

    @Test(arguments: [
        "// import AkinFirst", "/* import AkinFirst */", "let a = \"import AkinFirst\"",
        "let a = \"\"\"\nimport AkinFirst\n\"\"\"", "log.import(AkinFirst)", "#if canImport(Glibc)",
    ])
    func whatIsNoImportIsNone(line: String) { #expect(faults(["AkinGround/Other.swift": line]) == []) }

    @Test func anImportFromTheSameRowIsFound() {
        #expect(
            faults(
                ["AkinBeside/Beside.swift": "\n\nimport AkinFirst"],
                manifest: manifest("\"AkinBeside\", uses: []", "\"AkinBeside\", uses: [\"AkinFirst\"]")) == [
                    "AkinBeside names AkinFirst in Package.swift, which is not above it in the table",
                    "AkinBeside/Beside.swift:3 imports AkinFirst, which is not above AkinBeside in the table",
                ])
    }

    @Test func theOrderOfTheTableCounts() {
        let first = "| `First`, `Beside` | |\n"
        let turned = Self.table.replacing(first, with: "")
            .replacing("| `Ground` |", with: first + "| `Ground` |")
        #expect(
            faults(table: turned) == [
                "AkinFirst names AkinGround in Package.swift, which is not above it in the table",
                "AkinFirst/First.swift:1 imports AkinGround, which is not above AkinFirst in the table",
            ])
    }

    @Test func aModuleThatOnePlaceDoesNotKnowIsFound() {
        #expect(
            faults(table: Self.table.replacing(", `Beside`", with: "")) == [
                "AkinBeside is not in the table of CONTRIBUTING.md"
            ])
        #expect(
            faults(table: Self.table.replacing("`Beside`", with: "`Beside`, `Planned`")) == [
                "AkinPlanned is not in Package.swift", "AkinPlanned is not in Sources",
            ])
        #expect(
            faults(manifest: manifest("module(\"AkinBeside\", uses: []),", "")) == [
                "AkinBeside is not in Package.swift"
            ])
        #expect(
            faults(["AkinForgotten/Old.swift": ""]) == [
                "AkinForgotten is not in Package.swift",
                "AkinForgotten is not in the table of CONTRIBUTING.md",
            ])
        #expect(
            faults(table: Self.table.replacing("`Beside`", with: "`Beside`, `First`")) == [
                "AkinFirst is in the table of CONTRIBUTING.md twice"
            ])
    }

    @Test func aDependencyThatNoFileImportsIsFound() {
        #expect(
            faults(["AkinFirst/First.swift": "import AkinGround"]) == [
                "AkinFirst names CAkinZlib in Package.swift, and no file imports it",
                "AkinFirst names SwiftCSV in Package.swift, and no file imports it",
            ])
        #expect(
            faults(["AkinCommands/Deep/Run.swift": "import Akin"]) == [
                "AkinCommands names ArgumentParser in Package.swift, and no file imports it"
            ])
    }

    @Test func aDependencyOfCIsFoundByItsOrder() {
        #expect(
            faults(
                manifest: manifest(
                    "name: \"CAkinFiles\",", "name: \"CAkinFiles\", dependencies: [\"AkinGround\"],")) == [
                    "CAkinFiles names AkinGround in Package.swift, which is not above it in the table"
                ])
    }
}
