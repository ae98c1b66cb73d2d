import AkinBasics
import AkinDatasets
import AkinIndexing
import AkinNetworks
import AkinTensors
import AkinTraining

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
    /// Pictures that are of one colour, or come out so when the backbone's input is made of them.
    case blank([Source])
    /// Most items of the index have one embedding.
    case onePoint(OnePoint)
    /// The training of the backbone of this name has come to nothing.
    case collapsedBackbone(String, Collapse)
    /// The training of a run has come to nothing; the run goes on.
    case collapsedTraining(TrainingError)
    /// There are fewer items than the classifier was to look at, or trainings have collapsed on the way to an evaluation; in
    /// words.
    case classifier(String)
    /// Columns of an imported file that say nothing an item has.
    case ignoredColumns([String])
    /// How long a search takes could not be measured.
    case searchNotMeasured(any Error)
    /// A rebuild was interrupted when all was done but the graph, which the index had before.
    case graphNotBuilt
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
        case .blank(let sources):
            "\(counted(sources.count, "picture")) of one colour, or coming out so, which tell nothing: "
                + sources.prefix(3).map(\.path).joined(separator: ", ")
                + (sources.count > 3 ? " and \(sources.count - 3) more" : "")
        case .onePoint(let point): "\(point)"
        case .collapsedBackbone(let name, let collapse):
            "the training of the backbone '\(name)' has collapsed: \(collapse); train another"
        case .collapsedTraining(let error): "\(error)"
        case .classifier(let text): text
        case .ignoredColumns(let columns): "columns that were left out: \(columns.joined(separator: ", "))"
        case .searchNotMeasured(let error): "the search time was not measured: \(error)"
        case .graphNotBuilt: "interrupted; the index is rebuilt, without a graph"
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
