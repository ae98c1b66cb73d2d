import AkinTensors

extension TrainingPass {
    /// After a forward pass (and a step) gone wrong: the name of the first layer whose parameters, statistics or outputs
    /// are not all finite, `input` if the images are not, `head` if only the head is; nil where nothing is wrong.
    /// Outputs that are not kept are not looked at: what follows from them is.
    package func firstNotANumber() -> String? {
        func isFinite(_ from: UnsafePointer<Float>, _ count: Int) -> Bool {
            UnsafeBufferPointer(start: from, count: count).allSatisfy(\.isFinite)
        }
        let values = network.values.base
        if let inputs, !isFinite(inputs, count * network.tensors[0]) { return "input" }
        for operation in network.operations {
            let size = operation.parameters.reduce(0) { $0 + $1.count }
            if !isFinite(values + operation.offset, size) { return operation.name }
            if case .normalization(let layer) = operation.body,
                !isFinite(network.statistics.base + operation.statistics, 2 * layer.channels)
            {
                return operation.name
            }
            if let kept = keptOutput(of: operation),
                !isFinite(kept, count * network.tensors[operation.output])
            {
                return operation.name
            }
        }
        return isFinite(network.headValues, network.values.count - network.backboneCount) ? nil : "head"
    }
}
