import AkinBasics
import AkinIndexing

extension Monitor {
    /// Work on an index that ends with the current transaction when it is cancelled.
    ///
    /// - Throws: `JobError.interrupted`, as `interruption` says, where that was before the end.
    func inTransactions<R>(
        _ title: String, unit: String = "images",
        interruption: (_ done: Int, _ total: Int?) -> JobError.Interruption,
        _ work: (_ isCancelled: () -> Bool, _ progress: (WorkProgress) -> Void) throws -> R
    ) throws -> R {
        try during(title, unit: unit, endsInOrder: true) { current in
            let result = try work({ isCancelled }, { current.update($0) })
            let done = current.done
            if isCancelled, done.map({ $0.done < $0.total }) ?? true {
                throw JobError.interrupted(interruption(done?.done ?? 0, done?.total))
            }
            return result
        }
    }

    /// Builds, grows or rebuilds the graph where a change has made that due. Cancelled, it is as it was.
    func maintainGraph(of index: EmbeddingIndex) throws {
        let isChanged = try during("building the graph", unit: "items") { work in
            try index.maintainGraph(isCancelled: { isCancelled }, progress: { work.update($0) })
        }
        if isChanged { try noteShortfall(of: index.stats().graph) }
    }

    /// Tells where a graph misses too many neighbours.
    func noteShortfall(of graph: GraphStats?) {
        if let graph, !graph.suffices { note(.graphMisses(graph)) }
    }
}
