import AkinBasics
import Testing

/// Cells in columns, as wide as they are or folded.
@Suite struct TextColumnsTests {
    private let rows = [
        ["class", "n", "source"], ["a long label of words", "12", "/a/folder/with/a/picture.png"],
    ]

    @Test func columnsAreAsWideAsTheirCells() {
        #expect(
            TextColumns.lines(rows, [.left, .right]) == [
                "class                   n  source",
                "a long label of words  12  /a/folder/with/a/picture.png",
            ])
        #expect(
            TextColumns.lines(rows, [.left, .right], width: 55) == TextColumns.lines(rows, [.left, .right]))
    }

    @Test func theWidestAreFolded() {
        #expect(
            TextColumns.lines(rows, [.left, .right], width: 30) == [
                "class          n  source", "a long label  12  /a/folder/", "of words          with/a/",
                "                  picture.png",
            ])
        // Nothing is lost, and no line is longer, down to what columns need.
        for width in 22...60 {
            let lines = TextColumns.lines(rows, [.left, .right], width: width)
            #expect(lines.allSatisfy { $0.count <= width && $0.last != " " }, "\(width)")
            let letters = lines.joined().filter { $0 != " " }.sorted()
            #expect(letters == rows.joined().joined().filter { $0 != " " }.sorted(), "\(width)")
        }
        #expect(TextColumns.lines([["", "x"], ["y"]], width: 3) == ["   x", "y"])
    }
}
