import AkinBasics
import AkinImages

/// One-shot classification runs in Omniglot's format (Lake, Salakhutdinov and Tenenbaum 2015): in a folder for each
/// run, `training` has one picture of each class, `test` others, and `class_labels.txt` says which belong together:
/// a line `run01/test/item01.png run01/training/class05.png` for each picture of `test`.
public struct OneShotRuns: Sendable {
    /// One of them. Pictures are given by their absolute paths; a label is the name of the class' training picture
    /// without its ending, such as "class05".
    public struct Run: Sendable {
        /// The name of its folder, such as "run01".
        public let name: String
        /// One picture of each class, in the order of the names.
        public let training: [(path: String, label: String)]
        /// What is to be told, with the right label, in the order of `class_labels.txt`.
        public let test: [(path: String, label: String)]
    }

    /// In the order of their names; at least one.
    public let runs: [Run]

    /// The runs in a folder. Pictures that lie elsewhere than in a `training` or `test` of a folder in it are passed
    /// over.
    ///
    /// - Throws: `noRuns` where there is none, `damagedRun` where pictures or answers of one are missing.
    public init(folder: String) throws(DatasetError) {
        let root = absolutePath(folder)
        let walk = try FolderWalk(root)
        var pictures: [String: Pictures] = [:]
        for file in walk.files {
            let parts = walk.parts(of: file)
            guard parts.count == 3 else { continue }
            switch parts[1] {
            case "training": pictures[parts[0], default: Pictures()].training.append(parts[2])
            case "test": pictures[parts[0], default: Pictures()].test.insert(parts[2])
            default: continue
            }
        }
        guard !pictures.isEmpty else { throw .noRuns(path: root) }
        var runs: [Run] = []
        for (name, pictures) in pictures.sorted(by: { bytesPrecede($0.key, $1.key) }) {
            runs.append(try pictures.run(name, in: root))
        }
        self.runs = runs
    }

    /// The names of the files of one run.
    private struct Pictures {
        var training: [String] = []
        var test: Set<String> = []

        func run(_ name: String, in root: String) throws(DatasetError) -> Run {
            let folder = root + "/" + name
            var labels: [String: String] = [:]
            for file in training {
                let label = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
                guard labels.values.allSatisfy({ $0 != label }) else {
                    throw .damagedRun(path: folder, reason: "two training pictures of \(label)")
                }
                labels[file] = label
            }
            let answers = folder + "/class_labels.txt"
            let lines: [(number: Int, text: Substring)]
            do throws(FileError) {
                lines = try textLines(answers)
            } catch {
                throw .file(path: answers, error)
            }
            var left = self.test
            var test: [(path: String, label: String)] = []
            for (number, text) in lines {
                let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
                let items = name + "/test/", classes = name + "/training/"
                guard words.count == 2, words[0].hasPrefix(items), words[1].hasPrefix(classes) else {
                    throw .damagedRun(
                        path: answers,
                        reason: "line \(number) is not '\(items)ITEM.png \(classes)CLASS.png'")
                }
                let item = String(words[0].dropFirst(items.count))
                guard let label = labels[String(words[1].dropFirst(classes.count))] else {
                    throw .damagedRun(
                        path: answers, reason: "line \(number) names \(words[1]), which is not there")
                }
                guard left.remove(item) != nil else {
                    let what = self.test.contains(item) ? "has been answered already" : "is not there"
                    throw .damagedRun(
                        path: answers, reason: "line \(number) names \(words[0]), which \(what)")
                }
                test.append(("\(folder)/test/\(item)", label))
            }
            if let forgotten = left.min(by: bytesPrecede) {
                throw .damagedRun(path: answers, reason: "no line for \(name)/test/\(forgotten)")
            }
            guard !training.isEmpty, !test.isEmpty else {
                throw .damagedRun(path: folder, reason: "no pictures in training or none in test")
            }
            return Run(
                name: name, training: training.map { ("\(folder)/training/\($0)", labels[$0]!) }, test: test)
        }
    }
}
