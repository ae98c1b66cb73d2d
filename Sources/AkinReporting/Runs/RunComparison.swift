import AkinBasics
import AkinEvaluation
import AkinTraining

/// Runs side by side: in which keys of their recipes they differ, and what came of them.
public struct RunComparison: Encodable, Sendable {
    /// In the order in which they were given.
    public let runs: [ComparedRun]
    /// The keys in which the recipes differ of which they are known, and whether the pictures do; `values` has one of each run.
    public let differences: [RecipeDifference]
    /// Runs that do not differ in any key.
    public let same: [Same]

    /// Runs of one recipe and seed, on the same pictures as far as that is known.
    public struct Same: Encodable, Sendable, Equatable {
        /// Positions in `runs`.
        public let runs: [Int]
        /// Whether their backbones are the same, bit for bit; nil where that is not known of all.
        public let isSameBackbone: Bool?

        /// Both.
        public init(runs: [Int], isSameBackbone: Bool?) {
            self.runs = runs
            self.isSameBackbone = isSameBackbone
        }

        enum CodingKeys: String, CodingKey {
            case runs
            case isSameBackbone = "same_backbone"
        }
    }

    /// Of one run at least.
    public init(_ runs: [ComparedRun]) {
        var runs = runs
        for (position, name) in Self.names(runs).enumerated() { runs[position].name = name }
        self.runs = runs
        let known = runs.indices.filter { runs[$0].recipe != nil }
        differences = Self.differences(runs, known)
        let groups = Dictionary(grouping: known) { [runs[$0].recipe, runs[$0].pictures] }.values
        same = groups.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map { group in
            let backbones = group.map { runs[$0].backbone }
            return Same(
                runs: group, isSameBackbone: backbones.contains(nil) ? nil : Set(backbones).count == 1)
        }
    }

    private static func differences(_ runs: [ComparedRun], _ known: [Int]) -> [RecipeDifference] {
        func spread(_ values: [String?]) -> [String?] {
            var all = [String?](repeating: nil, count: runs.count)
            for (position, value) in zip(known, values) { all[position] = value }
            return all
        }
        var found = RecipeDifference.all(among: known.compactMap { runs[$0].recipe }).map {
            RecipeDifference(key: $0.key, values: spread($0.values))
        }
        let pictures = runs.map(\.pictures)
        if Set(pictures.compactMap(\.self)).count > 1 {
            // So many digits tell a few apart.
            found.append(
                RecipeDifference(key: "pictures", values: pictures.map { $0.map { String($0.prefix(8)) } }))
        }
        return found
    }

    /// The ends of the paths, as much of them as tells them apart, and the seed where one path has several runs.
    private static func names(_ runs: [ComparedRun]) -> [String] {
        let parts = runs.map { run in
            let path =
                [".history.jsonl", ".safetensors"].first { run.path.hasSuffix($0) }
                .map { String(run.path.dropLast($0.count)) } ?? run.path
            return path.split(separator: "/").map(String.init)
        }
        let different = Set(parts).count
        let most = parts.map(\.count).max() ?? 1
        let count = (1...max(most, 1)).first { count in
            Set(parts.map { $0.suffix(count).joined(separator: "/") }).count == different
        }
        return runs.indices.map { position in
            let name = parts[position].suffix(count ?? most).joined(separator: "/")
            let seeds = runs.filter { $0.path == runs[position].path }.map(\.seed)
            guard Set(seeds).count > 1, let seed = runs[position].seed else {
                return name.isEmpty ? runs[position].path : name
            }
            return "\(name), seed \(seed)"
        }
    }

    // MARK: Figures

    /// A row of the table of figures.
    struct Row {
        let name: String
        /// Of each run, as it is shown; nil where there is none.
        let values: [String?]
        /// 0...1 with its interval, where it has one.
        var shares: [(share: Double, interval: Interval, items: Int)?] = []
    }

    /// Those that any run has.
    var rows: [Row] {
        func row(_ name: String, _ text: (ComparedRun) -> String?) -> Row {
            Row(name: name, values: runs.map(text))
        }
        func share(_ value: Float?) -> String? { value.map { percent(Double($0)) } }
        let plain = [
            row("epochs") { $0.epochs.map(String.init) },
            row("ended") { $0.stopped.map { "in epoch \($0.epoch)" } },
            row("best epoch") { $0.bestEpoch.map(String.init) },
            row("final loss") { $0.finalLoss.map(threeDigits) },
            row("held out: loss") { ($0.heldOut?.loss).map(threeDigits) },
            row("held out: pairs") { share($0.heldOut?.pairAccuracy) },
            row("held out: classes") { share($0.heldOut?.classAccuracy) },
            row("one-shot") { share($0.validation?.oneShot) },
            row("verification") { share($0.validation?.verification) },
        ]
        let names = runs.flatMap(\.evaluation).map(\.classifier)
        let evaluated = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { i in
            let figures = runs.map { run in run.evaluation.first { $0.classifier == names[i] } }
            return Row(
                name: names[i], values: figures.map { $0.map { percent($0.accuracy) } },
                shares: figures.map { $0.map { ($0.accuracy, $0.interval, $0.items) } })
        }
        return (plain + evaluated).filter { !$0.values.allSatisfy { $0 == nil } }
    }

    /// Of paths with several runs, the mean and the standard deviation of what was evaluated.
    var means: [String] {
        let paths = runs.map(\.path)
        return paths.indices.filter { paths.firstIndex(of: paths[$0]) == $0 }.flatMap { first in
            // A path may be given twice.
            var seeds: Set<UInt64?> = []
            let own = runs.filter { $0.path == paths[first] && seeds.insert($0.seed).inserted }
            let names = own.first?.evaluation.map(\.classifier) ?? []
            return names.compactMap { name -> String? in
                let values = own.compactMap { run in
                    run.evaluation.first { $0.classifier == name }?.accuracy
                }
                guard values.count > 1 else { return nil }
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                let deviation = (squares / Double(values.count - 1)).squareRoot()
                return
                    "\(paths[first]): \(name) \(percent(mean)) +- \(fixed(deviation * 100, digits: 1)) over "
                    + "\(values.count) seeds"
            }
        }
    }

    /// What is the same, and what is not known, in sentences.
    var remarks: [String] {
        var remarks = same.map { same in
            let who =
                same.runs.count == runs.count
                ? (runs.count == 2 ? "Both" : "All")
                : same.runs.map { "\($0 + 1)" }.joined(separator: " and ")
            let isOfOnePictures = runs[same.runs[0]].pictures != nil
            let words =
                "\(who) have the same recipe and seed" + (isOfOnePictures ? ", and the same pictures" : "")
            switch same.isSameBackbone {
            case true: return words + ", and the same backbone, bit for bit."
            case false:
                return words
                    + ", and yet different backbones: they were made by another version or on another processor."
            case nil: return words + "."
            }
        }
        let untold = runs.filter { $0.recipe == nil }.map(\.name)
        if !untold.isEmpty {
            remarks.append(
                "How \(untold.joined(separator: ", ")) was trained is not known: a history alone, or a checkpoint of an earlier version."
            )
        }
        for run in runs {
            if let stopped = run.stopped { remarks.append("\(run.name): \(stopped.stopped).") }
            if let collapse = run.collapsed {
                remarks.append("\(run.name): the training has collapsed: \(collapse).")
            }
        }
        return remarks
    }
}
