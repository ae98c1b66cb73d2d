import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// Four processes search while a fifth adds, removes and compacts, and a sixth changes something now and then: no error,
/// no answer with an item whose removal was acknowledged, and no exact one without an item whose adding was.
///
/// The fifth process changes the index for some time, keeps a core busy with nothing for as long, and sleeps as long, in
/// turns: what the searches take in these times can be compared. `AKIN_SHARED_SECONDS` in the environment says how
/// long each of the three lasts in all; `Tools/shared-search` makes it a minute and prints the times.
@Suite struct SharedSearchTests {
    static let dimension = 64
    /// Item 1 stays; of the others the oldest go while new ones come.
    static let items = 20_000
    private static let readers = 4

    @Test func fourProcessesSearchWhileAFifthChanges() async throws {
        let seconds =
            ProcessInfo.processInfo.environment["AKIN_SHARED_SECONDS"].flatMap { Double($0) } ?? 1
        let folder = try TemporaryFolder()
        let index = try EmbeddingIndex.create(at: folder.path + "/index", dimension: Self.dimension)
        try Self.add(1...UInt64(Self.items), to: index)
        try index.buildGraph()
        let board = try Board(folder.path)
        board[.added] = UInt64(Self.items)
        (board[.removing], board[.removed]) = (1, 1)

        await withTaskGroup(of: Void.self) { group in
            for number in 0..<Self.readers {
                group.addTask {
                    _ = await #expect(processExitsWith: .success) {
                        [folder = folder.path as String, number = number as Int] in
                        try Searcher(folder, number).run()
                    }
                }
            }
            group.addTask {
                _ = await #expect(processExitsWith: .success) { [folder = folder.path as String] in
                    try SecondWriter(folder).run()
                }
            }
            group.addTask {
                _ = await #expect(processExitsWith: .success) {
                    [folder = folder.path as String, seconds = seconds as Double] in
                    try Changer(folder).run(seconds)
                }
                // Not even if it failed are the others to go on for ever.
                board[.hasEnded] = 1
            }
        }
        let reports = try (0..<Self.readers).map { try Searcher.Report(folder.path, $0) }
        print(Self.summary(reports, board))
        #expect(reports.flatMap(\.errors) == [])
        #expect(reports.map(\.stale).reduce(0, +) == 0)
        #expect(reports.map(\.missed).reduce(0, +) == 0)
        #expect(reports.allSatisfy { $0.times.allSatisfy { !$0.isEmpty } })
        #expect(try index.faults() == [])
        #expect(try UInt64(index.count) == board[.added] - board[.removed] + 1)
        let changes = board[.secondChanges]
        if changes > 0 { #expect(try index.item(1)?.label == "change \(changes)") }
    }

    /// The vector of an item, which everybody knows.
    static func vector(_ id: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: id, 31)
        return (0..<dimension).map { _ in generator.uniform() }
    }

    static func add(_ ids: ClosedRange<UInt64>, to index: EmbeddingIndex) throws {
        let vectors = Matrix(rows: ids.count, columns: dimension, trusted: ids.flatMap(vector))
        let items = ids.map { NewItem(label: "label \($0 % 50)", source: "/\($0)") }
        try index.add(items, embeddings: vectors, backbone: index.backbone)
    }

    private static func summary(_ reports: [Searcher.Report], _ board: Board) -> String {
        var lines = [
            "searches: \(reports.map(\.times).joined().reduce(0) { $0 + $1.count })"
                + ", errors: \(reports.map(\.errors.count).reduce(0, +))"
                + ", answers with a removed item: \(reports.map(\.stale).reduce(0, +))"
                + ", without an added one: \(reports.map(\.missed).reduce(0, +))",
            "the fifth process: \(board[.changes]) changes, \(board[.compactions]) compactions, "
                + "\(board[.builds]) graphs built; a second writer: \(board[.secondChanges]) changes, of which "
                + "\(board[.secondWaited]) waited and said so",
        ]
        for (name, methods) in [("exact", 0..<1), ("by the graph", 1..<2), ("both", 0..<2)] {
            for (kind, all) in [("time", \Searcher.Report.times), ("processor time", \.work)] {
                let times = Phase.allCases.map { phase in
                    reports.flatMap { report in
                        methods.flatMap { report[keyPath: all][2 * Int(phase.rawValue) + $0] }
                    }.sorted()
                }
                lines += summary("\(name), \(kind)", times)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Of sorted times, by phase.
    private static func summary(_ name: String, _ times: [[Int]]) -> [String] {
        func quantile(_ times: [Int], _ share: Double) -> Double {
            times.isEmpty ? .nan : Double(times[Int(share * Double(times.count - 1))]) / 1e6
        }
        let tails = times.map { quantile($0, 0.99) }
        return zip(Phase.allCases, times).map { phase, times in
            let (median, tail) = (quantile(times, 0.5), quantile(times, 0.99))
            return "\(name), the fifth process \(phase): \(times.count) searches, median "
                + String(format: "%.3f ms, 99th percentile %.3f ms", median, tail)
        } + [
            "\(name), 99th percentile with changes: "
                + String(
                    format: "%.2f times that with a busy process, %.2f times that with none",
                    tails[2] / tails[1], tails[2] / tails[0])
        ]
    }
}

/// What the fifth process does.
private enum Phase: UInt64, CaseIterable {
    case sleeping, busy, changing
}

/// Numbers that all processes see at once, in a file.
private struct Board: Sendable {
    enum Number: Int {
        case phase, hasEnded
        /// The last item whose adding was acknowledged; whose removal was begun; whose removal was acknowledged.
        case added, removing, removed
        case changes, compactions, builds
        /// Of the sixth process, and how often it was told that it waits.
        case secondChanges, secondWaited
        /// And the ones after it: whether a reader has begun.
        case reader
    }

    private let file: Int32

    init(_ folder: String) throws {
        file = open(folder + "/board", O_RDWR | O_CREAT, 0o600)
        try #require(file >= 0)
    }

    subscript(number: Number, offset offset: Int = 0) -> UInt64 {
        get {
            var value: UInt64 = 0
            pread(file, &value, 8, off_t(8 * (number.rawValue + offset)))
            return value
        }
        nonmutating set {
            var value = newValue
            pwrite(file, &value, 8, off_t(8 * (number.rawValue + offset)))
        }
    }
}

/// The fifth process.
private struct Changer {
    private let index: EmbeddingIndex
    private let board: Board

    init(_ folder: String) throws {
        index = try EmbeddingIndex(opening: folder + "/index")
        board = try Board(folder)
    }

    func run(_ seconds: Double) throws {
        while (0..<4).contains(where: { board[.reader, offset: $0] == 0 }) { usleep(1000) }
        let turns = max(1, Int((seconds / 5).rounded()))
        for turn in 0..<3 * turns {
            let phase = Phase.allCases[turn % 3]
            board[.phase] = phase.rawValue
            let end = ContinuousClock.now + .seconds(seconds / Double(turns))
            while ContinuousClock.now < end {
                switch phase {
                case .sleeping: usleep(1000)
                case .busy: continue
                case .changing: try change()
                }
            }
        }
        board[.hasEnded] = 1
    }

    private func change() throws {
        let count = UInt64.random(in: 1...10)
        let added = board[.added]
        try SharedSearchTests.add(added + 1...added + count, to: index)
        board[.added] = added + count
        let removed = board[.removed]
        board[.removing] = removed + count
        try index.remove(ids: Array(removed + 1...removed + count))
        board[.removed] = removed + count
        board[.changes] += 2
        if try index.maintainGraph() { board[.builds] += 1 }
        if board[.changes] % 50 == 0 {
            try index.compact()
            board[.compactions] += 1
        }
    }
}

/// The sixth process, which changes something now and then while the fifth does.
private struct SecondWriter {
    private let index: EmbeddingIndex
    private let board: Board

    init(_ folder: String) throws {
        let board = try Board(folder)
        index = try EmbeddingIndex(
            opening: folder + "/index", whenWaiting: { board[.secondWaited] += 1 })
        self.board = board
    }

    func run() throws {
        var changes: UInt64 = 0
        while board[.hasEnded] == 0 {
            usleep(50_000)
            guard board[.phase] == Phase.changing.rawValue else { continue }
            changes += 1
            try index.relabel(ids: [1], to: "change \(changes)")
            board[.secondChanges] = changes
        }
    }
}

/// One of the four.
private struct Searcher {
    struct Report: Codable {
        /// Nanoseconds of each search, by phase and method.
        var times = [[Int]](repeating: [], count: 6)
        /// As `times`, of the processor's time on all threads: what other programs take is not in it.
        var work = [[Int]](repeating: [], count: 6)
        var errors: [String] = []
        var stale = 0
        var missed = 0
    }

    private let index: EmbeddingIndex
    private let board: Board
    private let number: Int
    private let file: URL

    init(_ folder: String, _ number: Int) throws {
        index = try EmbeddingIndex(opening: folder + "/index", readOnly: true)
        board = try Board(folder)
        self.number = number
        file = Self.file(folder, number)
    }

    fileprivate static func file(_ folder: String, _ number: Int) -> URL {
        URL(fileURLWithPath: "\(folder)/reader \(number)")
    }

    func run() throws {
        var report = Report()
        var generator = SeededGenerator(seed: UInt64(number))
        _ = try index.neighbours(of: Matrix(zeros: 1, columns: SharedSearchTests.dimension), k: 1)
        board[.reader, offset: number] = 1
        while board[.hasEnded] == 0 {
            for method in [SearchMethod.exact, .automatic] { search(method, &generator, &report) }
        }
        try JSONEncoder().encode(report).write(to: file)
    }

    /// In nanoseconds.
    private static func now(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Asks for an item that is about to be removed, was just removed, or was just added.
    private func search(
        _ method: SearchMethod, _ generator: inout SeededGenerator, _ report: inout Report
    ) {
        let phase = board[.phase]
        let removed = board[.removed]
        let added = board[.added]
        let wanted =
            Bool.random(using: &generator)
            ? added - UInt64.random(in: 0..<20, using: &generator)
            : max(22, removed + UInt64.random(in: 0..<40, using: &generator)) - 20
        let query = Matrix(
            rows: 1, columns: SharedSearchTests.dimension, trusted: SharedSearchTests.vector(wanted))
        let began = (time: Self.now(CLOCK_MONOTONIC), work: Self.now(CLOCK_PROCESS_CPUTIME_ID))
        do {
            let found = try index.neighbours(of: query, k: 10, method: method)[0]
            let ended = (time: Self.now(CLOCK_MONOTONIC), work: Self.now(CLOCK_PROCESS_CPUTIME_ID))
            if phase == board[.phase] {
                let place = 2 * Int(phase) + (method == .exact ? 0 : 1)
                report.times[place].append(ended.time - began.time)
                report.work[place].append(ended.work - began.work)
            }
            if found.contains(where: { $0.id > 1 && $0.id <= removed }) { report.stale += 1 }
            // The graph may be without it once in a while.
            let isMissed =
                method == .exact && wanted > board[.removing] && found.first?.id != wanted
            if found.count != 10 || isMissed { report.missed += 1 }
        } catch {
            report.errors.append("\(error)")
        }
    }
}

extension Searcher.Report {
    init(_ folder: String, _ number: Int) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: Searcher.file(folder, number)))
    }
}
