import Akin
import AkinBasics
import Testing

/// What is printed of runs side by side.
@Suite struct RunComparisonTests {
    private func run(_ path: String, seed: UInt64, right: Int) -> ComparedRun {
        var run = ComparedRun(path: path)
        run.seed = seed
        run.recipe = "training: {seed: \(seed)}"
        run.evaluation = [KeptFigure("nearest-neighbours", Asked(items: 12, errors: 12 - right))]
        run.take(TrainingCurvesTests.records(4, seed: seed))
        return run
    }

    private struct Asked: Measured {
        let items: Int
        let errors: Int
    }

    @Test func standsSideBySide() {
        let text = RunComparison([run("a/one", seed: 1, right: 9), run("b/one", seed: 2, right: 12)]).text(
            width: 80)
        #expect(text.hasPrefix("1  a/one\n2  b/one\n\nwhat differs   1  2\ntraining.seed  1  2\n"), "\(text)")
        #expect(text.contains("\nnearest-neighbours  75.0 %          100.0 %\n"), "\(text)")
        #expect(text.contains("\n  95 % interval     46.8 to 91.1 %  75.8 to 100.0 %\n"), "\(text)")
        #expect(text.contains("\n  questions         12              12\n"), "\(text)")
    }

    /// However many there are, lines fit.
    @Test(arguments: [40, 80, 120]) func isFolded(width: Int) {
        let runs = (1...9).map { run("runs/a-rather-long-name-of-a-folder", seed: UInt64($0), right: $0) }
        let comparison = RunComparison(runs)
        let text = comparison.text(width: width)
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        #expect(width < 80 || text.contains("9  a-rather-long-name-of-a-folder, seed 9"))
        let words = text.split { $0.isWhitespace }.joined(separator: " ")
        #expect(words.contains("over 9 seeds"))
        let plain = comparison.text()
        #expect(plain.split(separator: "\n").count < text.split(separator: "\n").count)
    }

    @Test func aPathGivenTwiceIsOneRun() {
        let comparison = RunComparison([run("a", seed: 1, right: 9), run("a", seed: 1, right: 9)])
        #expect(!comparison.text().contains("over 2 seeds"))
        let both = RunComparison([run("a", seed: 1, right: 9), run("a", seed: 2, right: 9)])
        #expect(both.text().contains("over 2 seeds"))
    }

    /// Lines that share a colour are told by their dashes.
    @Test func manyRunsAreToldApart() {
        let page = RunComparison((1...9).map { run("\($0)", seed: UInt64($0), right: 3) }).page
        #expect(page.contains("stroke-dasharray=\"6 3\""))
        #expect(
            !RunComparison((1...6).map { run("\($0)", seed: UInt64($0), right: 3) }).page.contains("\"6 3\""))
        let hostile = RunComparison([run("<script>alert(1)</script>", seed: 1, right: 2)]).page
        #expect(!hostile.contains("<script>"))
    }

    @Test func ofThreeTheEqualOnesAreNamed() {
        var runs = [run("a", seed: 1, right: 1), run("b", seed: 2, right: 1), run("c", seed: 1, right: 1)]
        for (position, backbone) in ["x", "y", "z"].enumerated() { runs[position].backbone = backbone }
        let text = RunComparison(runs).text()
        #expect(
            text.contains("1 and 3 have the same recipe and seed, and yet different backbones"), "\(text)")
    }
}
