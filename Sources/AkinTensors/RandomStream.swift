/// What random numbers are drawn for. Each purpose, and each place in a run, has a stream of its own from the run's
/// seed, so that nothing that is drawn depends on what else is.
///
/// The numbers stay as they are: with others, every run would come to something else.
package enum RandomStream: Sendable {
    // MARK: Data

    /// Which samples of a class are taken; a class is told by a hash of its label.
    case samples(ofClass: UInt64)
    /// Which samples of a class a recipe holds out.
    case heldOutSamples(ofClass: UInt64)
    /// Which classes validation holds back.
    case heldOutClasses

    // MARK: Training

    /// What a parameter begins with.
    case parameter(Int)
    /// The order of the images, or of the classes, in a round through them.
    case order(round: Int)
    /// The images of the classes that a batch is made of.
    case imagesOfClasses(epoch: Int, step: Int)
    /// The pairs that a batch is made of.
    case pairs(epoch: Int, step: Int)
    /// With which others of its batch an image is paired.
    case partners(epoch: Int, step: Int)
    /// The triplets of a batch.
    case triplets(epoch: Int, step: Int)
    /// How an image of a batch is changed.
    case augmentation(epoch: Int, step: Int, position: Int)
    /// How a picture is changed for one of its views, which a frozen network sees once.
    case view(ofPicture: Int, number: Int)
    /// With which image an image of a batch is mixed, and how much of it.
    case mixup(epoch: Int, step: Int, position: Int)
    /// What else a step draws: dropout, then mining.
    case step(epoch: Int, step: Int)

    // MARK: Evaluation

    case episodes
    case verificationPairs

    // MARK: Search

    /// On how many levels of a graph a row is.
    case graphLevel(row: Int)
    /// The order in which rows join a graph that has so many.
    case graphOrder(rows: Int)
    /// Which of so many rows are asked for, to measure a graph.
    case sampledRows(of: Int)

    // MARK: Classification

    /// Which examples a tree is grown on, and which components it looks at.
    case tree(Int)

    // MARK: Maps

    /// The noise with which a map begins.
    case mapStart
}

extension SeededGenerator {
    /// The stream for a purpose.
    package init(seed: UInt64, _ stream: RandomStream) {
        switch stream {
        case .samples(let label): self.init(seed: seed, label)
        case .heldOutSamples(let label): self.init(seed: seed, 0x7E57, label)
        case .heldOutClasses: self.init(seed: seed, 0x7A1D)
        case .parameter(let position): self.init(seed: seed, 0x1417, UInt64(position))
        case .order(let round): self.init(seed: seed, 0xE90C, UInt64(round))
        case .imagesOfClasses(let epoch, let step): self.init(seed: seed, 0xC1A5, UInt64(epoch), UInt64(step))
        case .pairs(let epoch, let step): self.init(seed: seed, 0xD2A5, UInt64(epoch), UInt64(step))
        case .partners(let epoch, let step): self.init(seed: seed, 0x9A12, UInt64(epoch), UInt64(step))
        case .triplets(let epoch, let step): self.init(seed: seed, 0x3A17, UInt64(epoch), UInt64(step))
        case .augmentation(let epoch, let step, let position):
            self.init(seed: seed, 0xA06, UInt64(epoch), UInt64(step), UInt64(position))
        case .view(let picture, let number): self.init(seed: seed, 0xF1E5, UInt64(picture), UInt64(number))
        case .mixup(let epoch, let step, let position):
            self.init(seed: seed, 0x313C, UInt64(epoch), UInt64(step), UInt64(position))
        case .step(let epoch, let step): self.init(seed: seed, 0xD209, UInt64(epoch), UInt64(step))
        case .episodes: self.init(seed: seed, 0xE915)
        case .verificationPairs: self.init(seed: seed, 0x7E1F)
        case .graphLevel(let row): self.init(seed: seed, UInt64(row))
        case .graphOrder(let rows): self.init(seed: seed, 0x51AF, UInt64(rows))
        case .sampledRows(let count): self.init(seed: seed, 0x5A3E, UInt64(count))
        case .tree(let number): self.init(seed: seed, 0x73EE, UInt64(number))
        case .mapStart: self.init(seed: seed, 0x3A95)
        }
    }
}
