import AkinBasics
import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How far a long piece of work has come, on standard error: on a terminal one line that is drawn again and again,
/// with a bar, rate and remaining time; elsewhere a plain line now and then (`PlainLines`).
package struct ProgressLine: Sendable {
    private let title: String
    private let unit: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?
    private var isShown = false

    /// - Parameters:
    ///   - title: What is done: "indexing".
    ///   - unit: What is counted: "images".
    init(_ title: String, unit: String = "images") {
        self.title = title
        self.unit = unit
    }

    /// `done` of `total` are done; `note` is added behind: a loss, a count of errors.
    mutating func update(_ done: Int, of total: Int, note: String = "", plainLines: inout PlainLines) {
        let now = ContinuousClock.now
        if isTerminal {
            if let lastShown, now - lastShown < .milliseconds(100) { return }
            lastShown = now
        } else if !plainLines.isDue(at: now) {
            return
        }
        let seconds = (now - began) / .seconds(1)
        let line = Self.line(
            title: title, unit: unit, done: done, total: total, seconds: seconds, note: note,
            columns: isTerminal ? Self.columns : nil)
        if isTerminal {
            write("\r\(line)\u{1B}[K")
            isShown = true
        } else {
            write(line + "\n")
        }
    }

    /// Takes the line off the terminal; the next update draws it again.
    mutating func clear() {
        guard isShown else { return }
        write("\r\u{1B}[K")
        isShown = false
    }

    /// The text; with a bar that fills `columns`, if that is given. Where they are too few, what can best be missed is
    /// left out: the rate, then the counts, then the title.
    package static func line(
        title: String, unit: String, done: Int, total: Int, seconds: Double, note: String, columns: Int?
    ) -> String {
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let counts = "\(done) of \(total) \(unit)"
        let speed = rate >= 10 ? "\(Int(rate.rounded()))/s" : "\((rate * 10).rounded() / 10)/s"
        let left = rate > 0 && done < total ? "\(time(Double(total - done) / rate)) left" : ""
        func joined(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: ", ") }
        let text = joined([counts, rate > 0 ? speed : "", left, note])
        guard let columns else { return "\(title): \(text)" }
        // One column less than there are: writing into the last one would make some terminals scroll.
        let room = columns - 1 - title.count - text.count - 4
        guard room >= 10 else {
            let shorter = [text, joined([counts, left, note]), joined([left, note])].map { "\(title) \($0)" }
            let last = joined([left, note])
            return shorter.first { $0.count < columns }
                ?? String((last.isEmpty ? text : last).prefix(columns - 1))
        }
        let width = min(room, 40)
        let filled = total > 0 ? min(width, width * done / total) : width
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        return "\(title) [\(bar)] \(text)"
    }

    /// `4 s`, `2 min 05 s`, `1 h 10 min`.
    package static func time(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 360_000_000).rounded(.up))
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
    }

    /// `0.00423 s`, `3.21 s`, `2 min 05 s`.
    package static func exactTime(_ seconds: Double) -> String {
        seconds < 60 ? "\(threeDigits(Float(seconds))) s" : time(seconds)
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }

    private func write(_ text: String) { writeError(text) }
}

/// When a plain line is due where there is no terminal: after a minute of work, and whenever that has taken twice as long again.
/// What is soon done leaves nothing in a log or in the mail that cron sends of it, and a night's work a few lines.
package struct PlainLines: Sendable {
    private let began: ContinuousClock.Instant
    private var due = Duration.seconds(60)

    package init(since began: ContinuousClock.Instant = .now) { self.began = began }

    /// Whether one is; if so, the next one is due later.
    package mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
        guard now - began >= due else { return false }
        while now - began >= due { due *= 2 }
        return true
    }
}
