import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import Foundation

extension LearnFolder {
    /// What was chosen, as a recipe: `akin run` makes the same index of the same pictures, to the same bits.
    ///
    public func recipe(of result: Result) throws -> String {
        let picture = absolutePath(folder)
        let slash = picture.lastIndex(of: "/") ?? picture.startIndex
        var data: [(key: String, value: String)] = [("folder", try quoted(picture))]
        if AddPictures([folder], to: .folder(output)).isManifest {
            let name = String(picture[picture.index(after: slash)...])
            data = [
                ("format", "manifest"), ("folder", try quoted(String(picture[..<slash]))),
                ("manifest", try quoted(name)),
            ]
        }
        if let depth = reading.labelDepth { data.append(("label-depth", "\(depth)")) }
        if !reading.ignored.isEmpty {
            data.append(("ignore", "[\(try reading.ignored.map(quoted).joined(separator: ", "))]"))
        }
        var evaluation = [
            ("protocol", "leave-one-out"), ("classifiers", "[\(result.chosen.classifier.name)]"),
        ]
        if let rule = result.chosen.classifier.rule as? NearestNeighbours {
            evaluation.append(("k", "\(rule.k)"))
        }
        func lines(_ entries: [(key: String, value: String)]) -> String {
            entries.map { "  \($0.key): \($0.value)" }.joined(separator: "\n")
        }
        return """
            # \(result.chosen), as 'akin learn' has chosen by \(counted(result.pictures, "picture")).
            # 'akin run' makes the same index of the same pictures.
            data:
            \(lines(data))
            backbone: \(try quoted(backboneName(in: result)))
            evaluation:
            \(lines(evaluation))

            """
    }

    /// Relative paths are relative to the recipe, which may lie elsewhere.
    private func backboneName(in result: Result) -> String {
        let names = result.chosen.backbone.split(separator: "+").map(String.init)
        return names.map { BackboneFolders.isPath($0) ? absolutePath($0) : $0 }.joined(separator: "+")
    }

    /// A text of JSON is one of YAML.
    private func quoted(_ text: String) throws -> String {
        String(decoding: try jsonLine(of: text).dropLast(), as: UTF8.self)
    }
}
