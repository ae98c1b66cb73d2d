import Akin
import Dispatch
import Foundation
import Synchronization

/// How long an answer takes in the process that asks, from the path given to the answer got: the question that `akin query INDEX
/// --files-from - --json` is asked over a pipe, without the pipe, the program and the JSON.
///
/// `query-latency INDEX COUNT PICTURES...` asks for so many answers, picture after picture, and prints their seconds as a JSON list;
/// the first five, which wait for the start, are left out.
@main
struct QueryLatency {
    /// When the path that is being asked about was given.
    private static let given = Mutex(ContinuousClock.now)
    private static let turns = Atomic(0)
    private static let answered = DispatchSemaphore(value: 1)
    private static let warmUp = 5

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let count = Int(arguments[2]), count > 0 else {
            FileHandle.standardError.write(Data("usage: query-latency INDEX COUNT PICTURES...\n".utf8))
            exit(64)
        }
        let pictures = Array(arguments[3...])
        let paths: Query.Paths = { _ in
            answered.wait()
            let turn = turns.add(1, ordering: .relaxed).oldValue
            guard turn < count + warmUp else { return [] }
            given.withLock { $0 = .now }
            return [pictures[turn % pictures.count]]
        }
        var seconds: [Double] = []
        try Query(about: .stream(paths), in: .folder(arguments[1])).run(Monitor()) { replies in
            let took = ContinuousClock.now - given.withLock { $0 }
            guard replies.allSatisfy({ $0.answer != nil }) else {
                FileHandle.standardError.write(Data("a picture cannot be read\n".utf8))
                exit(1)
            }
            seconds.append(took / .seconds(1))
            answered.signal()
        }
        print("[\(seconds.dropFirst(warmUp).map { "\($0)" }.joined(separator: ", "))]")
    }
}
