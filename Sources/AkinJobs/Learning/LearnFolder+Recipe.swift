import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import Foundation

extension LearnFolder {
    /// What was chosen, as a recipe: `akin run` makes the same index of the same pictures, to the same bits.
    public func recipe(of result: Result) throws -> String {
        """
        # \(result.chosen), as 'akin learn' has chosen by \(counted(result.pictures, "picture")).
        # 'akin run' makes the same index of the same pictures.
        \(try recipe(of: result.chosen))
        """
    }

    /// Without words about it.
    func recipe(of choice: Result.Choice) throws -> String {
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
        var evaluation = [("classifiers", "[\(choice.classifier.name)]")]
        // The pictures that a backbone was trained on tell nothing of it.
        if choice.training == nil { evaluation.insert(("protocol", "leave-one-out"), at: 0) }
        if let rule = choice.classifier.rule as? NearestNeighbours {
            evaluation.append(("k", "\(rule.k)"))
        }
        func lines(_ entries: [(key: String, value: String)]) -> String {
            entries.map { "  \($0.key): \($0.value)" }.joined(separator: "\n")
        }
        return """
            data:
            \(lines(data))
            \(try backbone(of: choice))
            evaluation:
            \(lines(evaluation))

            """
    }

    /// As it is, or how it is trained on.
    private func backbone(of choice: Result.Choice) throws -> String {
        // Relative paths are relative to the recipe, which may lie elsewhere.
        let names = choice.backbone.split(separator: "+").map(String.init)
        let name = try quoted(
            names.map { BackboneFolders.isPath($0) ? absolutePath($0) : $0 }.joined(separator: "+"))
        guard let training = choice.training else { return "backbone: \(name)" }
        let settings =
            if let classes = training.classes {
                """
                batch: {classes: \(classes), images: \(training.batch / classes)}
                  epochs: \(training.epochs)
                  learning-rate: 0.0005
                  schedule: cosine
                  augmentation: {rotation: 10, scale: [0.8, 1.25], shift: 0.1, contrast: 0.2, brightness: 0.2}
                """
            } else {
                // Chosen on symbols of HOMUS, for HISPAMUS' few and similar ones (Indexes/hispamus).
                """
                temperature: 0.3
                  batch: \(training.batch)
                  epochs: \(training.epochs)
                  learning-rate: 0.002
                  schedule: {cosine: {warm-up: \(max(1, training.epochs / 10))}}
                  augmentation: {rotation: 10, scale: [0.9, 1.1], shear: 8, shift: 0.08, elastic: 4, contrast: 0.4, brightness: 0.2}
                """
            }
        return """
            name: learned
            backbone: start
            training:
              start: \(name)
              loss: supervised-contrastive
              \(settings)
              seed: \(seed)
            index:
              metric: cosine
            """
    }

    /// A text of JSON is one of YAML.
    private func quoted(_ text: String) throws -> String {
        String(decoding: try jsonLine(of: text).dropLast(), as: UTF8.self)
    }
}
