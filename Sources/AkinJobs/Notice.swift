import AkinBasics
import AkinDatasets
import AkinIndexing
import AkinTensors

/// What is worth knowing of a job that goes on.
public enum Notice: Sendable {
    /// What the work runs on: told once, before it.
    case machine(Machine)
    /// Another program is changing the index, and this one waits for it.
    case waiting
    /// An index of an older format had labels that differ only in how their accents are written; there is one of each
    /// now.
    case labelsMerged([String])
    /// Pictures that cannot be used, where that is known before the work.
    case skipped([Skipped])
    /// There are fewer items than the classifier was to look at; in words.
    case classifier(String)
    /// Columns of an imported file that say nothing an item has.
    case ignoredColumns([String])
    /// How long a search takes could not be measured.
    case searchNotMeasured(any Error)
    /// A rebuild was interrupted when all was done but the graph, which the index had before.
    case graphNotBuilt
    /// A graph was built or has grown, and misses too many neighbours: search is exact.
    case graphMisses(GraphStats)
    /// An evaluation that the others can do without.
    case leftOut(String, any Error)
}

extension Notice: CustomStringConvertible {
    /// What happened.
    public var description: String {
        switch self {
        case .machine(let machine): "\(machine)"
        case .waiting: "waiting for another program that is changing the index"
        case .labelsMerged(let labels):
            "labels whose accents were written in two ways are one label now: "
                + labels.map { "'\($0)'" }.joined(separator: ", ")
        case .skipped(let skipped): "skipped \(counted(skipped.count, "image"))"
        case .classifier(let text): text
        case .ignoredColumns(let columns): "columns that were left out: \(columns.joined(separator: ", "))"
        case .searchNotMeasured(let error): "the search time was not measured: \(error)"
        case .graphNotBuilt: "interrupted; the index is rebuilt, without a graph"
        case .graphMisses(let graph): "the graph: " + (graph.shortfall ?? "nothing is missed")
        case .leftOut(let name, let error): "\(name) were left out: \(error)"
        }
    }
}

/// What calculations run on.
public struct Machine: Sendable, Hashable, CustomStringConvertible {
    /// The kernels that OpenBLAS has chosen.
    public let kernels = BLAS.kernels
    /// The instructions of Akin's own inner loops.
    public let loops = InstructionSet.name
    /// How many threads there are.
    public let threads = ThreadPool.shared.threads

    /// In a line.
    public var description: String { "OpenBLAS with \(kernels) kernels, \(loops) loops, \(threads) threads" }
}

extension Monitor {
    /// Throws where a library is missing that the work needs; tells what it runs on.
    func checkMachine() throws(JobError) {
        if let problem = BLAS.unavailable { throw .noBLAS(problem) }
        note(.machine(Machine()))
    }
}
