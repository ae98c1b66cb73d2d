/// What tells whether a loss is out of hand.
struct LossWatch: Codable, Equatable {
    /// What it was at the first step, before anything was learned.
    var atFirst: Float
    /// At how many steps in a row it has been out of hand.
    var steps = 0

    /// So many times what it was at first, or 1 where it was less, it is out of hand. Losses of a network that knows nothing are of the order
    /// of 1: a margin, the logarithm of the number of classes; a hard batch, a first step with the full rate and another part of the
    /// data multiply them by ten, and by a hundred where much goes wrong.
    static let most: Float = 1000
    /// For so many steps in a row: of a spike a training can recover.
    static let patience = 20

    func isExploded(_ loss: Float) -> Bool { loss > Self.most * max(atFirst, 1) }
}

extension Trainer {
    /// Takes note of the loss of a step, and ends a training whose loss has been out of hand for too long.
    func watch(_ loss: Float) throws(TrainingError) {
        var watch = position.watch ?? LossWatch(atFirst: loss)
        watch.steps = watch.isExploded(loss) ? watch.steps + 1 : 0
        position.watch = watch
        if watch.steps >= LossWatch.patience {
            throw exploded(loss, watch, epoch: position.epoch + 1, step: position.step + 1)
        }
    }

    /// At the end of an epoch: the mean of the last one is not to be printed as if it told something, where the loss is out of hand
    /// still.
    func watchEnd() throws(TrainingError) {
        guard position.epoch + 1 >= recipe.training.epochs, let watch = position.watch,
            watch.steps > 0, watch.isExploded(position.sums.loss)
        else { return }
        throw exploded(position.sums.loss, watch, epoch: position.epoch + 1, step: position.step)
    }

    /// Of a training that is through, what the loss was at its first step, where that of its last epoch is higher by more than a tenth:
    /// single batches differ. Nil where it is not, or where that was not kept.
    package func lossBefore(_ report: TrainingReport) -> Float? {
        guard report.finished, let first = position.watch?.atFirst, report.finalLoss > 1.1 * first else {
            return nil
        }
        return first
    }

    private func exploded(_ loss: Float, _ watch: LossWatch, epoch: Int, step: Int) -> TrainingError {
        .exploded(
            epoch: epoch, step: step, loss: loss, atFirst: watch.atFirst,
            rate: recipe.training.learningRate, clipNorm: recipe.training.clipNorm,
            bestEpoch: position.best == nil ? nil : position.bestEpoch)
    }
}
