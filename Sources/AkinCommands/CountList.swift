import ArgumentParser

/// Whole numbers with commas between them: `1,5,10`.
struct CountList: ExpressibleByArgument {
    let numbers: [Int]

    init(_ numbers: [Int]) { self.numbers = numbers }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.allSatisfy({ $0 != nil }) else { return nil }
        numbers = parts.compactMap { $0 }
    }

    var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}
