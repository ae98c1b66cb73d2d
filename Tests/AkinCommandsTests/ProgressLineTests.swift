import AkinCommands
import Testing

@Suite struct ProgressLineTests {
    private func line(_ done: Int, _ total: Int, seconds: Double, columns: Int?, note: String = "") -> String
    {
        ProgressLine.line(
            title: "indexing", unit: "images", done: done, total: total, seconds: seconds, note: note,
            columns: columns)
    }

    @Test func saysRateAndRemainingTime() {
        #expect(
            line(250, 1000, seconds: 2.5, columns: nil) == "indexing: 250 of 1000 images, 100/s, 8 s left")
        #expect(line(1, 40, seconds: 2, columns: nil) == "indexing: 1 of 40 images, 0.5/s, 1 min 18 s left")
        #expect(line(0, 40, seconds: 2, columns: nil) == "indexing: 0 of 40 images")
        #expect(
            line(40, 40, seconds: 2, columns: nil, note: "2 errors")
                == "indexing: 40 of 40 images, 20/s, 2 errors")
        #expect(ProgressLine.time(3599.2) == "1 h 00 min")
        #expect(ProgressLine.exactTime(0.148) == "0.148 s" && ProgressLine.exactTime(125) == "2 min 05 s")
        #expect(ProgressLine.time(.infinity).hasSuffix("min"))
    }

    @Test func theBarFitsTheTerminal() {
        for columns in 1...200 {
            for done in [0, 1, 500, 1000] {
                #expect(line(done, 1000, seconds: 1, columns: columns).count < columns)
            }
        }
        #expect(
            line(500, 1000, seconds: 5, columns: 74)
                == "indexing [#############-------------] 500 of 1000 images, 100/s, 5 s left")
        #expect(!line(0, 0, seconds: 0, columns: 80).isEmpty)
    }

    @Test func whereThereIsLittleRoomTheNoteStays() {
        let note = "epoch 15 of 60, loss 0.7407, pairs 97.1 %, one-shot 91.2 %"
        func shown(_ columns: Int) -> String { line(3907, 15794, seconds: 1, columns: columns, note: note) }
        #expect(shown(113).contains("3907 of 15794 images, 3907/s, 4 s left, epoch 15"))
        #expect(shown(105) == "indexing 3907 of 15794 images, 4 s left, " + note)
        #expect(shown(80) == "indexing 4 s left, " + note)
        #expect(shown(70) == "4 s left, " + note)
    }

    /// After a minute, and whenever it has taken twice as long again.
    @Test func plainLinesAreFew() {
        let began = ContinuousClock.now
        var lines = PlainLines(since: began)
        let due = (0...36_000).filter { lines.isDue(at: began + .seconds($0)) }
        #expect(due == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 30_720])
        // Where nobody asked for long.
        lines = PlainLines(since: began)
        let late = [1000, 1900, 1920].map { lines.isDue(at: began + .seconds($0)) }
        #expect(late == [true, false, true])
    }
}
