import AkinBasics
import AkinClassification
import AkinDatasets
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinTraining
import AkinVectorSearch

/// What is worth knowing of a job that goes on.
public enum Notice: Sendable {
    /// What the work runs on: told once, before it.
    case machine(Machine)
    /// Another program is changing the index, and this one waits for it.
    case waiting
    /// An index of an older format had labels that differ only in how their accents are written; there is one of each
    /// now.
    case labelsMerged([String])
    /// What is worth knowing of the pictures before they are used.
    case pictures(DatasetRemark)
    /// Files beside the pictures that were passed over.
    case ignored([Ignored])
    /// Pictures that cannot be used, where that is known before the work.
    case skipped([Skipped])
    /// Pictures that are of one colour, or come out so when the backbone's input is made of them.
    case blank([Source])
    /// Most items of the index have one embedding.
    case onePoint(OnePoint)
    /// The training of the backbone of this name has come to nothing.
    case collapsedBackbone(String, Collapse)
    /// A file in a folder of backbones is none, or one that cannot embed here.
    case unusableBackbone(any Error)
    /// There is no backbone that was trained on photographs.
    case noPublishedBackbone
    /// The index goes on to compare embeddings by its own metric, and the new backbone is made for another.
    case otherMetric(Metric.Kind, backbone: String, madeFor: Metric.Kind)
    /// Another program has given the index this backbone while it was asked.
    case otherBackbone(String)
    /// Another program has given the index another backbone before this one could change it; the work is done from its beginning.
    case begunAgain
    /// The training of a run has come to nothing; the run goes on.
    case collapsedTraining(TrainingError)
    /// A training is through, and its loss is higher than it was at its first step.
    case risenLoss(first: Float, last: Float)
    /// There are fewer items than the classifier was to look at, or trainings have collapsed on the way to an evaluation; in
    /// words.
    case classifier(String)
    /// Labels that the index did not have.
    case newLabels([NewLabel])
    /// What was to be left out is of a group that no item of the index has; perhaps the second was meant.
    case excludedGroup(String, nearest: String?)
    /// So many changes of the history can no more be taken back, or done again.
    case forgotten(changes: Int)
    /// The index was calibrated when it had another number of items.
    case calibratedBefore(items: Int, now: Int)
    /// A folder was learned, and the index not calibrated, because of an interruption.
    case notCalibrated
    /// The index was calibrated when so many of its items had other labels.
    case calibratedWithOtherLabels(items: Int)
    /// The index was calibrated when the classifiers had other rules.
    case calibratedByOtherRules
    /// The index is calibrated for one classifier, and asked by another.
    case calibratedForOther(Classifier, now: Classifier)
    /// The index was calibrated, and has another backbone now.
    case calibrationForgotten
    /// Of the items left out the first classifier names so many right, 0...1, and the second, by which the index is asked, fewer
    /// by more than chance.
    case betterClassifier(Classifier, right: Double, than: Classifier, rightNow: Double)
    /// Columns of an imported file that say nothing an item has, and those that it could have and lacks.
    case ignoredColumns([String], missing: [String])
    /// Items of one content that are of more than one class.
    case contradictions([Copies])
    /// How long a search takes could not be measured.
    case searchNotMeasured(any Error)
    /// A rebuild was interrupted when all was done but the graph, which the index had before.
    case graphNotBuilt
    /// The graph could not be brought up to date after a change, which is made.
    case graphLeftBehind(any Error)
    /// A graph was built or has grown, and misses too many neighbours: search is exact.
    case graphMisses(GraphStats)
    /// What was changed by new items was not found out: of so many it would take long.
    case noReceipt(items: Int)
    /// So many items are too many for their pictures to be compared.
    case tooManyToCompare(Int)
    /// Of too many pictures some are taken, from all over them.
    case onlySome(Int, of: Int)
    /// So many items of an evaluation lie so near another that they may be one picture.
    case nearCopies(Int)
    /// An evaluation that the others can do without.
    case leftOut(String, any Error)
}

extension Notice {
    /// A label that the index did not have.
    public struct NewLabel: Hashable, Sendable {
        /// The label.
        public let label: String
        /// One that it has and that was perhaps meant.
        public let meant: String?
    }
}

/// `93 %`
private func hundredths(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

extension Notice: CustomStringConvertible {
    /// What happened.
    public var description: String {
        switch self {
        case .machine(let machine): "\(machine)"
        case .waiting: "waiting for another program that is changing the index"
        case .labelsMerged(let labels):
            "labels whose accents were written in two ways are one label now: "
                + labels.map { "'\($0)'" }.joined(separator: ", ")
        case .pictures(let remark): "\(remark)"
        case .ignored(let ignored): "ignored \(ignored.map(\.description).joined(separator: ", "))"
        case .skipped(let skipped): "skipped \(counted(skipped.count, "image"))"
        case .blank(let sources):
            "\(counted(sources.count, "picture")) of one colour, or coming out so, which tell nothing: "
                + sources.prefix(3).map(\.path).joined(separator: ", ")
                + (sources.count > 3 ? " and \(sources.count - 3) more" : "")
        case .onePoint(let point): "\(point)"
        case .collapsedBackbone(let name, let collapse):
            "the training of the backbone '\(name)' has collapsed: \(collapse); train another"
        case .unusableBackbone(let error): "\(error)"
        case .newLabels(let labels):
            "\(labels.count == 1 ? "a new label" : "\(labels.count) new labels"): "
                + labels.prefix(5).map { one in
                    "'\(one.label)'" + (one.meant.map { " (did you mean '\($0)'?)" } ?? "")
                }.joined(separator: ", ") + (labels.count > 5 ? " and \(labels.count - 5) more" : "")
        case .excludedGroup(let group, let nearest):
            "no item of the index has the group '\(group)', and nothing is left out by it"
                + (nearest.map { " (did you mean '\($0)'?)" } ?? "")
        case .forgotten(let changes):
            "\(counted(changes, "change")) of the history \(changes == 1 ? "is" : "are") forgotten"
        case .calibratedBefore(let items, let now):
            "the index was calibrated when it had \(counted(items, "item")); with \(now) its answers may be more or less sure than they say"
        case .notCalibrated:
            "interrupted before it was calibrated: the index calls no picture unknown, and nobody knows how sure its answers are"
        case .calibratedWithOtherLabels(let items):
            "the index was calibrated with the old labels of \(counted(items, "item")); its answers may be more or less sure than they say"
        case .calibratedByOtherRules:
            "the index was calibrated by another version of Akin; its answers may be more or less sure than they say"
        case .calibratedForOther(let calibrated, let now):
            "the index is calibrated for \(calibrated), not for \(now): the percentages are no probabilities, and may be far from them"
        case .calibrationForgotten:
            "the index was calibrated with the old backbone; with the new one nothing is called unknown, and nobody knows how sure its answers are"
        case .betterClassifier(let better, let right, let current, let rightNow):
            "of the items, each left out, \(current), by which the index is asked, names \(hundredths(rightNow)) right, and "
                + "\(better) would \(hundredths(right))"
        case .noPublishedBackbone:
            "no backbone that was trained on photographs is at hand, which helps with most photographs"
        case .otherMetric(let metric, let backbone, let made):
            "the backbone '\(backbone)' is made for the metric \(made.rawValue), and the index goes on by \(metric.rawValue); a new "
                + "index would take \(made.rawValue)"
        case .otherBackbone(let name):
            "the index was given another backbone meanwhile; from here on '\(name)' answers"
        case .begunAgain: "the index was given another backbone meanwhile; begun again with it"
        case .collapsedTraining(let error): "\(error)"
        case .risenLoss(let first, let last):
            "the loss has risen: it is \(threeDigits(last)) in the last epoch, and was \(threeDigits(first)) at the first step; a lower "
                + "learning-rate may help"
        case .classifier(let text): text
        case .ignoredColumns(let columns, let missing):
            "columns that were left out: \(ColumnName.list(columns, missing: missing))"
        case .contradictions(let copies):
            "\(counted(copies.count, "picture")) of more than one label: "
                + copies.prefix(3).map { $0.text }.joined(separator: "; ")
                + (copies.count > 3 ? "; and \(copies.count - 3) more" : "")
        case .searchNotMeasured(let error): "the search time was not measured: \(error)"
        case .graphNotBuilt: "interrupted; the index is rebuilt, without a graph"
        case .graphLeftBehind(let error): "the change is made, but the graph is not up to date: \(error)"
        case .graphMisses(let graph): "the graph: " + (graph.shortfall ?? "nothing is missed")
        case .noReceipt(let items):
            "with \(items) items it would take long to find out how well the new ones are known; a leave-one-out tells it"
        case .tooManyToCompare(let items):
            "the pictures of \(items) items are too many to be compared; only files of the very same content are named"
        case .onlySome(let count, let total):
            "\(count) of the \(total) pictures are looked through, from all over them"
        case .nearCopies(let count):
            "\(counted(count, "item")) so near to another that they may be one picture saved anew, which makes the result look better than "
                + "it is"
        case .leftOut(let name, let error): "\(name) were left out: \(error)"
        }
    }
}

extension Copies {
    /// Of each label the first.
    fileprivate var text: String {
        let firsts = items.indices.filter { i in !items[..<i].contains { $0.label == items[i].label } }
        let named = firsts.prefix(3).map { "'\(items[$0].source)' is '\(items[$0].label)'" }
        return named.joined(separator: ", ") + (firsts.count > 3 ? ", and so on" : "")
    }
}

extension Monitor {
    /// Tells of copies that are of more than one class, if there are any.
    func noteContradictions(among copies: [Copies]) {
        let contradictory = copies.filter(\.isContradictory)
        if !contradictory.isEmpty { note(.contradictions(contradictory)) }
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
    /// Tells what is worth knowing of pictures before they are used.
    func note(_ dataset: Dataset) {
        for remark in dataset.remarks { note(.pictures(remark)) }
        if !dataset.ignored.isEmpty { note(.ignored(dataset.ignored)) }
    }

    /// Throws where a library is missing that the work needs; tells what it runs on.
    func checkMachine() throws(JobError) {
        if let problem = BLAS.unavailable { throw .noBLAS(problem) }
        note(.machine(Machine()))
    }
}
