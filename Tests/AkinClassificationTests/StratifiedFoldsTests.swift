import AkinClassification
import AkinTensors
import Testing

@Suite struct StratifiedFoldsTests {
    @Test func everyClassIsDealtOut() {
        let labels = ItemLabels((0..<47).map { $0 < 23 ? "a" : $0 < 44 ? "b" : "c" })
        let folds = Folds((0..<47).map { [$0] }).stratified(10, labels)
        #expect(folds.count == 10)
        #expect((0..<10).flatMap { folds.positions(in: $0) }.sorted() == Array(0..<47))
        for fold in 0..<10 {
            let classes = folds.positions(in: fold).map { labels.classes[$0] }
            for own in 0..<3 {
                let share = Double(labels.counts[own]) / 10
                #expect(abs(Double(classes.count { $0 == own }) - share) < 1)
            }
            #expect((4...5).contains(classes.count))
        }
    }

    @Test func whatBelongsTogetherIsLeftOutTogether() {
        var random = SeededGenerator(seed: 3)
        let labels = ItemLabels((0..<60).map { _ in "\(Int.random(in: 0..<4, using: &random))" })
        let pages = stride(from: 0, to: 60, by: 4).map { Array($0..<$0 + 4) }
        let folds = Folds(pages, copies: [[1, 2], [3, 17], [18, 41], [5, 30]]).stratified(4, labels)
        #expect(folds.count == 4)
        for page in pages { #expect(Set(page.map(folds.fold)).count == 1) }
        for together in [[3, 17, 41], [5, 30]] { #expect(Set(together.map(folds.fold)).count == 1) }
        for position in 0..<60 {
            #expect(folds.leftOut(with: position) == folds.positions(in: folds.fold(of: position)))
        }
    }

    @Test func aSeedDealsOutAnew() {
        let labels = ItemLabels((0..<40).map { $0 % 2 == 0 ? "a" : "b" })
        let alone = Folds((0..<40).map { [$0] }, copies: [[0, 2, 5]])
        let dealt = (0..<3).map { alone.stratified(5, labels, seed: $0) }
        #expect(dealt[0] != dealt[1] && dealt[1] != dealt[2])
        #expect(dealt[0] == alone.stratified(5, labels, seed: 0))
        for folds in dealt {
            #expect(Set([0, 2, 5].map(folds.fold)).count == 1)
            for fold in 0..<5 {
                let classes = folds.positions(in: fold).map { labels.classes[$0] }
                #expect(abs(classes.count { $0 == 0 } - 4) <= 2 && (6...10).contains(classes.count))
            }
        }
    }

    @Test func thereAreNoMoreFoldsThanItems() {
        let folds = Folds([[0], [1], [2]]).stratified(10, ItemLabels(["a", "b", "a"]))
        #expect(folds.count == 3)
    }
}
