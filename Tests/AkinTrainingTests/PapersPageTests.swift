import AkinImages
import AkinTensors
import AkinTraining
import Foundation
import TestSupport
import Testing

/// The page on the papers: each of its commands names a recipe that there is, and trains.
@Suite struct PapersPageTests {
    /// A command of the page, for one of the data sets that `$set` stands for.
    private struct Command: Hashable, CustomStringConvertible {
        let recipe: String
        let settings: [String]
        var description: String { ([recipe] + settings).joined(separator: " ") }

        func read() throws -> Recipe {
            try Recipe(contentsOf: repository.appending(path: recipe).path, setting: settings)
        }
    }

    private let page: String

    init() throws {
        let path = "Sources/AkinTraining/AkinTraining.docc/Papers.md"
        page = try String(contentsOf: repository.appending(path: path), encoding: .utf8)
    }

    /// The commands in the rows of `text`.
    private func commands(in text: some StringProtocol) throws -> [Command] {
        var commands: [Command] = []
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            for piece in line.split(separator: "`") where piece.hasPrefix("akin ") {
                // What looks at a backbone that another command has trained.
                if piece.hasPrefix("akin map ") || piece.hasPrefix("akin evaluate ") { continue }
                let sets = piece.contains("$set") ? ["mnist", "fashion-mnist", "cifar10"] : [""]
                for set in sets { commands.append(try command(String(piece).replacing("$set", with: set))) }
            }
        }
        return commands
    }

    private func command(_ text: String) throws -> Command {
        let words = text.split(separator: " ").map { $0.trimmingCharacters(in: ["'"]) }
        #expect(words.count >= 3 && ["run", "train"].contains(words[1]), "\(text)")
        var settings: [String] = []
        var position = 3
        while position < words.count {
            let value = try #require(
                words.indices.contains(position + 1) ? words[position + 1] : nil, "\(text)")
            switch words[position] {
            case "--set": settings.append(value)
            case "--output": break
            default: Issue.record("\(text): \(words[position])")
            }
            position += 2
        }
        return Command(recipe: words[2], settings: settings)
    }

    /// How many rows each table of the papers has; of the thesis, for three data sets.
    @Test func hasEveryRow() throws {
        let rows = [
            "Table 5.1": 3, "Table 5.2": 15, "Table 5.3": 30, "Table 5.4": 33, "Table 5.5": 9,
            "Table 5.6": 18,
            "Table 5.7": 21, "Table 5.8": 6, "Table 5.9": 9, "Table 1": 15, "Table 2": 1, "Table 3": 1,
            "Table 4": 1,
            "Table 5": 1, "Figures 1 and 5 to 14": 10, "Figures 2 to 5": 2,
            "Figures 5.5 to 5.25": 9, "Table 6.1 and figure 6.1": 2, "Table 5.10": 3, "Figure 2": 1,
        ]
        var found: [String: Int] = [:]
        for section in page.split(separator: "\n### ").dropFirst() {
            let headline = section.prefix { $0 != "\n" && $0 != ":" }
            found[String(headline)] = try commands(in: section.split(separator: "\n## ")[0]).count
        }
        for (table, count) in rows { #expect(found[table] == count, "\(table)") }
        // One command gives all twelve, each for three data sets.
        let algorithms = try #require(page.firstRange(of: "### Table 5.10"))
        let lines = page[algorithms.upperBound...].split(separator: "\n").filter { $0.hasPrefix("| ") }
            .prefix(14).dropFirst(2)
        let figures = lines.map {
            $0.split(separator: "|").suffix(3).compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
        }
        #expect(figures.count == 12 && figures.allSatisfy { $0.count == 3 }, "\(figures)")
        #expect(figures.first == [0.962, 0.846, 0.505] && figures.last == [0.956, 0.846, 0.497])
    }

    /// The curves and maps that the papers draw, by number.
    @Test func hasEveryFigure() throws {
        let thesis = [5, 6, 7, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25].map { "5.\($0)" }
        for figure in thesis {
            #expect(
                page.contains("| \(figure) |") || page.contains("| \(figure), ")
                    || page.contains(", \(figure) |"), "\(figure)")
        }
        for headline in [
            "Table 6.1 and figure 6.1", "Figures 2 to 5", "Figure 2:", "Figures 1 and 5 to 14", "Signatures",
        ] {
            #expect(page.contains("### \(headline)"))
        }
    }

    /// Rows of one table must not be the same experiment.
    @Test func theRowsOfATableDiffer() throws {
        for section in page.split(separator: "\n### ").dropFirst() {
            var seen: [Recipe: Command] = [:]
            for command in try commands(in: section.split(separator: "\n## ")[0]) {
                var recipe = try command.read()
                recipe.path = ""
                if let other = seen[recipe], !section.hasPrefix("Figures") {
                    Issue.record("\(command) is \(other)")
                }
                seen[recipe] = command
            }
        }
    }

    @Test func everyShippedRecipeIsOnIt() throws {
        let named = Set(try commands(in: page).map(\.recipe))
        let folder = repository.appending(path: "Indexes")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
            where file.hasSuffix(".yaml") {
                #expect(named.contains("Indexes/\(name)/\(file)"), "\(name)/\(file)")
            }
        }
    }

    /// One step of each experiment, on noise instead of pictures.
    @Test func everyCommandTrains() throws {
        var done: Set<Recipe> = []
        var inputs: [Float] = []
        var generator = SeededGenerator(seed: 8)
        for command in try commands(in: page) {
            var recipe = try command.read()
            recipe.training.epochs = 1
            recipe.training.stepsPerEpoch = 1
            switch recipe.training.batches {
            // Eight images make small batches, whatever their size.
            case .shuffled, .pairs: break
            case .classes: recipe.training.batches = .classes(2, images: 2)
            case .episodes: recipe.training.batches = .episodes(ways: 2, shots: 1, queries: 1)
            }
            var experiment = recipe
            (experiment.path, experiment.name) = ("", "")
            guard done.insert(experiment).inserted else { continue }

            let size = recipe.preprocessing.inputCount
            while inputs.count < 8 * size { inputs.append(generator.uniform()) }
            let images = PreparedImages(
                trusted: Array(inputs.prefix(8 * size)),
                labels: ["x/a", "x/a", "x/b", "x/b", "y/c", "y/c", "y/d", "y/d"],
                preprocessing: recipe.preprocessing)
            let trainer = try Trainer(recipe, data: images)
            var losses: [Float] = []
            let finished = try trainer.run {
                losses.append($0.loss)
                return true
            }
            #expect(finished && losses.count == 1 && losses.allSatisfy(\.isFinite), "\(command): \(losses)")
        }
        #expect(done.count > 100)
    }
}
