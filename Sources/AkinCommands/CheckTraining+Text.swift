import Akin
import AkinBasics

extension CheckTraining.Result {
    /// For people: the layers, and what is known of the training.
    var text: String {
        let parts = [layers.isEmpty ? nil : layerTable, facts.isEmpty ? nil : aligned(facts)]
        return parts.compactMap(\.self).joined(separator: "\n\n")
    }

    private var layerTable: String {
        func row(_ name: String, _ output: String, _ parameters: Int?, _ multiplications: Int?) -> [String] {
            [name, output, parameters.map(grouped) ?? "", multiplications.map(grouped) ?? ""]
        }
        var rows = [
            ["layer", "output", "parameters", "multiplications"],
            row("input", input.map(String.init).joined(separator: " x "), nil, nil),
        ]
        rows += layers.map { layer in
            row(
                String(repeating: "  ", count: layer.depth) + printable(layer.name),
                layer.output.map(String.init).joined(separator: " x "), layer.parameters,
                layer.multiplications)
        }
        if let headParameters, headParameters > 0 { rows.append(row("head", "", headParameters, nil)) }
        let own = layers.reduce(0) { $0 + $1.parameters }
        rows.append(row("in all", "", own + (headParameters ?? 0), multiplications))
        return TextColumns.lines(rows, [.left, .left, .right, .right], width: terminalWidth)
            .joined(separator: "\n")
    }

    private var facts: [[String]] {
        var facts: [[String]] = []
        if let pictures {
            let counts = pictures.classes.values
            let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
            var text =
                "\(pictures.trained) of \(pictures.classes.count) classes, "
                + (least == most ? "\(most) of each" : "\(least) to \(most) of each")
            if !pictures.validation.isEmpty {
                let held = pictures.validation.values.reduce(0, +)
                text += "; \(held) of \(pictures.validation.count) classes held back for validation"
            }
            if pictures.heldOut > 0 { text += "; \(pictures.heldOut) held out" }
            if !skipped.isEmpty { text += "; \(skipped.count) can't be read" }
            facts.append(["pictures", text])
        }
        if let batches {
            facts.append([
                "batches",
                "\(batches.epoch) an epoch, of \(batches.epoch > 1 ? "up to " : "")\(counted(batches.largest, "picture")); "
                    + counted(batches.epochs, "epoch"),
            ])
        }
        if let memory { facts.append(["memory", text(of: memory)]) }
        if let step {
            facts.append([
                "one step",
                "loss \(threeDigits(step.loss)), gradient of length \(threeDigits(step.gradientNorm)), "
                    + ProgressLine.exactTime(step.seconds),
            ])
        }
        if let time {
            facts.append([
                "time",
                "\(ProgressLine.exactTime(time.reading)) until the pictures are read, \(ProgressLine.exactTime(time.step)) a step, "
                    + "\(ProgressLine.exactTime(time.epoch)) an epoch; all in about "
                    + ProgressLine.time(time.reading + time.training),
            ])
        }
        return facts
    }

    private func text(of memory: Memory) -> String {
        let parts = [
            ("pictures", memory.pictures), ("weights", memory.weights), ("gradient", memory.gradient),
            ("optimizer", memory.moments), ("activations", memory.activations), ("work space", memory.work),
            ("saving", memory.saving),
            ("program", memory.program),
        ].filter { $0.1 > 0 }
        return "\(sizeText(memory.total)) of \(sizeText(memory.machine)): "
            + parts.map { "\($0.0) \(sizeText($0.1))" }.joined(separator: ", ")
    }

    /// `1,234,567`.
    private func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.map { place in
            let left = digits.count - place
            return (place > 0 && left % 3 == 0 ? "," : "") + String(digits[place])
        }.joined()
    }
}
