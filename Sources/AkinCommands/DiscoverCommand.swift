import Akin
import AkinBasics
import ArgumentParser

/// `akin discover`
struct DiscoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Look through unlabelled pictures: what to label next, and which new classes there may be.",
        discussion: """
            The pictures are compared with the index and with each other. Told are

            - which of them are best labelled next: those that are uncertain, stand for many others and are unlike each other come first;
            - candidate classes: the pictures that are of none of the index's classes, put together by likeness. How alike the pictures of a \
            class are is learned from the labels in the index.

            A page shows both, and a CSV file has the cluster of each picture. Nothing is changed, until --add makes a class of a cluster: \
            it takes the file of before, so that the pictures are those that you have seen. To add the same again changes nothing, and \
            'akin index undo' takes it back.

            For example:

              akin discover seals new-scans/
              akin discover seals seals-found.csv --add 3=abbot --add 5=bishop

            The file is a manifest: instead you can put your labels into it, take out rows that don't belong there, and give it to 'akin \
            index add'.
            """)

    @OptionGroup var target: IndexArgument

    @Argument(
        help: ArgumentHelp(
            "Image files, and folders of them; with --add the CSV file that was written.",
            valueName: "images|csv"), completion: .file())
    var given: [PathArgument]
    var paths: [String] { given.paths }

    @Option(
        help: ArgumentHelp(
            "Add the pictures of a cluster to the index, with this label; can be repeated.",
            valueName: "cluster=label"))
    var add: [ClusterLabel] = []

    @Option(help: ArgumentHelp("How many pictures are named that are best labelled next.", valueName: "n"))
    var next = 20

    @Option(
        help: ArgumentHelp(
            "The CSV file to write; the page lies beside it. (default: the index's name with -found.csv, here)",
            valueName: "file"), completion: .file(extensions: ["csv"]))
    var output: String?

    @OptionGroup var folders: IgnoreOptions
    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        try refuseEmpty(paths + (output.map { [$0] } ?? []))
        if next < 0 { throw ValidationError("--next must not be negative.") }
        if let output, !output.lowercased().hasSuffix(".csv") {
            throw ValidationError("--output ends with .csv.")
        }
        guard !add.isEmpty else { return }
        if paths.count != 1 || !paths[0].lowercased().hasSuffix(".csv") {
            throw ValidationError("--add takes the CSV file that was written before, and nothing else.")
        }
        for one in add { try checkLabel(one.label) }
        if Set(add.map(\.cluster)).count < add.count {
            throw ValidationError("--add names a cluster twice.")
        }
    }

    func run() throws {
        guard add.isEmpty else { return try addClusters() }
        let manifest = output ?? (printing.json ? nil : usualOutput)
        let sheet = manifest.map { String($0.dropLast(4)) + ".html" }
        var job = Discover(
            paths, beside: target.place, next: next, manifest: try writing.file(manifest, printing),
            sheet: try writing.file(sheet, printing), folders.reading)
        job.command = commandLine
        let result = try printing.perform(job) { text($0, sheet) }
        try batch.report(result.skipped)
    }

    private func addClusters() throws {
        let labels = Dictionary(uniqueKeysWithValues: add.map { ($0.cluster, $0.label) })
        let result = try printing.perform(AddClusters(labels, of: paths[0], to: target.place)) { result in
            changes([
                (result.added, "added"), (result.updated, "updated"),
                (result.moved.count, moved(result.moved)),
                (result.unchanged, "unchanged"), (result.skipped.count, "skipped"),
            ]) + (result.receipt.map { "\n" + $0.lines.joined(separator: "\n") } ?? "")
        }
        try batch.report(result.skipped)
    }

    private var usualOutput: String {
        let name = absolutePath(target.index).split(separator: "/").last.map(String.init) ?? "index"
        return name + "-found.csv"
    }

    private func text(_ found: Discover.Result, _ sheet: String?) -> String {
        let known = found.indexed > 0 ? "; \(found.indexed) more are in the index already" : ""
        var lines = [
            "\(counted(found.pictures, "picture")): \(found.known) of classes of the index, \(found.ambiguous) that may be of several, "
                + "\(found.unknown) of none of them\(known)"
        ]
        let alone = found.alone.isEmpty ? "" : "; \(found.alone.count) unknown pictures are like no other"
        if found.clusters.isEmpty {
            lines.append("no candidate classes\(alone)")
        } else {
            lines += ["", "candidate classes\(alone)"]
            let rows = found.clusters.prefix(20).map { cluster in
                [
                    "\(cluster.number)", "\(cluster.sources.count)",
                    "\(cluster.resembles) (\(cluster.resembling))", cluster.sources[0].path,
                ]
            }
            lines.append(
                aligned([["cluster", "pictures", "nearest to", "most typical"]] + rows, indent: "  "))
            if found.clusters.count > 20 { lines.append("  and \(found.clusters.count - 20) more") }
        }
        if !found.next.isEmpty {
            lines += ["", "what to label next"]
            let rows = found.next.map { one in
                let guess = one.verdict == .unknown ? "unknown" : "\(one.label)?"
                return [guess, "stands for \(one.standsFor)", one.source.path]
            }
            lines.append(aligned(rows, indent: "  "))
        }
        if let sheet { lines += ["", "page: \(printable(sheet))"] }
        if let manifest = found.manifest, !found.clusters.isEmpty {
            lines.append("clusters: \(printable(manifest))")
            lines.append(
                "to make a class of one: akin discover \(shellWord(target.index)) \(shellWord(manifest)) --add 1=LABEL"
            )
        }
        return lines.joined(separator: "\n")
    }
}

/// `3=abbot`
struct ClusterLabel: ExpressibleByArgument {
    let cluster: Int
    let label: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), let cluster = Int(argument[..<sign]), cluster > 0
        else { return nil }
        self.cluster = cluster
        label = String(argument[argument.index(after: sign)...])
    }
}
