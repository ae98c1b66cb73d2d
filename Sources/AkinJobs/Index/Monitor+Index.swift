import AkinBasics
import AkinEmbedding
import AkinIndexing
import AkinNetworks

extension Monitor {
    /// Work on an index that ends with the current transaction when it is cancelled.
    ///
    /// - Throws: `JobError.interrupted`, as `interruption` says, where that was before the end; `JobError.stopped` where
    ///   the disk was full, say, and earlier transactions are kept.
    func inTransactions<R>(
        _ title: String, unit: String = "images",
        interruption: (_ done: Int, _ total: Int?) -> JobError.Interruption,
        _ work: (_ isCancelled: () -> Bool, _ progress: (WorkProgress) -> Void) throws -> R
    ) throws -> R {
        try during(title, unit: unit, endsInOrder: true) { current in
            let result: R
            do { result = try work({ isCancelled }, { current.update($0) }) } catch let error as IndexError {
                guard case .storage(let reason) = error, let done = current.done, done.done > 0 else {
                    throw error
                }
                throw JobError.stopped(interruption(done.done, done.total), because: reason)
            }
            let done = current.done
            if isCancelled, done.map({ $0.done < $0.total }) ?? true {
                throw JobError.interrupted(interruption(done?.done ?? 0, done?.total))
            }
            return result
        }
    }

    /// Tells of pictures that were added and tell nothing, and of an index that does not.
    func noteWhatTellsNothing(_ blank: [Source], in index: EmbeddingIndex) throws {
        if !blank.isEmpty { note(.blank(blank)) }
        if let point = try index.onePoint() { note(.onePoint(point)) }
    }

    /// Tells where a calibration was made with other labels of more than a tenth of the items.
    func noteCalibration(of index: EmbeddingIndex, relabelled: Int) throws {
        guard try index.calibration != nil, try relabelled * 10 > index.count else { return }
        note(.calibratedWithOtherLabels(items: relabelled))
    }

    /// Tells of a backbone that is marked as one that tells nothing apart.
    func noteCollapse(of backbone: any Backbone) {
        guard let checkpoint = backbone as? Checkpoint, let collapse = checkpoint.details.collapsed else {
            return
        }
        note(.collapsedBackbone(checkpoint.name, collapse))
    }

    /// Does what comes after a change that is made. Another program that has given the index another backbone meanwhile has done
    /// that itself.
    func afterChange(_ work: () throws -> Void) throws {
        do { try work() } catch IndexError.rebuilt {}
    }

    /// Does what a change has made due: the graph, and the fit of the classifier.
    func maintain(_ index: EmbeddingIndex) throws {
        try maintainGraph(of: index)
        try keepFit(of: index)
    }

    /// As `EmbeddingIndex.keepFit`, unless cancelled, or the disk is full: then queries fit it themselves.
    func keepFit(of index: EmbeddingIndex) throws {
        guard !isCancelled else { return }
        do { try index.keepFit() } catch IndexError.storage {}
    }

    /// Builds, grows or rebuilds the graph where a change has made that due. Cancelled, it is as it was, and so where the
    /// disk is full: what was changed is in the index all the same.
    private func maintainGraph(of index: EmbeddingIndex) throws {
        do {
            let isChanged = try during("building the graph", unit: "items") { work in
                try index.maintainGraph(isCancelled: { isCancelled }, progress: { work.update($0) })
            }
            if isChanged { try noteShortfall(of: index.stats().graph) }
        } catch let error as IndexError {
            guard case .storage = error else { throw error }
            note(.graphLeftBehind(error))
        }
    }

    /// Tells where a graph misses too many neighbours.
    func noteShortfall(of graph: GraphStats?) {
        if let graph, !graph.suffices { note(.graphMisses(graph)) }
    }
}
