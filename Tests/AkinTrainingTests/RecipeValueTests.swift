import AkinTraining
import Testing

/// Values that are what is asked for, and cannot be taken all the same.
@Suite struct RecipeValueTests {
    private let data = "data: {folder: pictures}\n"
    private let size = "preprocessing: {size: 8}\n"
    private var rest: String { data + size + "backbone: [flatten, dense: 4]\n" }

    private func message(_ text: String) -> String? {
        do throws(RecipeError) {
            _ = try Recipe(text: text, path: "r.yaml")
            return nil
        } catch { return error.description }
    }

    private func expect(_ text: String, _ expected: String, at place: SourceLocation = #_sourceLocation) {
        #expect(message(text) == expected, sourceLocation: place)
    }

    /// What a float cannot hold is above 0 all the same.
    @Test func numbersTooLargeOrTooSmall() {
        for number in ["1e39", "1e-50", "2e400"] {
            expect(
                rest + "training: {learning-rate: \(number)}",
                "r.yaml, line 4: training.learning-rate is \"\(number)\"; give a number above 0, of a size from "
                    + "1.2e-38 to 3.4e38")
        }
        for number in ["0", "0e9", "-1", "inf", "x"] {
            expect(
                rest + "training: {learning-rate: \(number)}",
                "r.yaml, line 4: training.learning-rate is \"\(number)\"; give a number above 0")
        }
    }

    /// Before it is said that a backbone which is ready needs no more.
    @Test func aBackboneThatNobodyHas() {
        for name in ["nosuch", "hog+nosuch"] {
            let message = message(data + size + "backbone: \(name)")
            #expect(
                message?.hasPrefix("r.yaml, line 3: backbone: there is no backbone 'nosuch' (there are ")
                    == true)
        }
        expect(
            data + size + "backbone: hog",
            "r.yaml, line 2: preprocessing is a group of keys; give none: the backbone is ready, and brings what it needs"
        )
    }
}
