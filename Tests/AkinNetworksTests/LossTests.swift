import AkinNetworks
import AkinTensors
import Foundation
import Testing

/// A batch with everything that a loss may ask for.
struct DrawnBatch {
    var dimension: Int
    var classes: [Int32]
    var embeddings: [Float]
    var pairs: [Pair] = []
    var triplets: [Triplet] = []
    var shots = 0
    var mixtures: [Mixture] = []
    var width: Int

    /// Embeddings about one point a class, with an offset, so that they are not normalised.
    init(classes: [Int32], width: Int, dimension: Int, seed: UInt64, spread: Float = 0.5) {
        var generator = SeededGenerator(seed: seed)
        self.classes = classes
        self.width = width
        self.dimension = dimension
        let centres = (0..<width * dimension).map { _ in generator.uniform() * 1.4 - 0.4 }
        embeddings = classes.flatMap { label in
            (0..<dimension).map {
                centres[Int(label) * dimension + $0] + spread * (generator.uniform() - 0.5)
            }
        }
        for i in classes.indices {
            for j in classes.indices where j != i && Int.random(in: 0..<3, using: &generator) > 0 {
                pairs.append(Pair(i, j, different: classes[i] != classes[j]))
                for k in classes.indices where classes[j] == classes[i] && classes[k] != classes[i] {
                    triplets.append(Triplet(i, j, k))
                }
            }
        }
    }

    func function(_ specification: LossSpecification, threads: Int = 2) -> LossFunction {
        LossFunction(
            specification, dimension: dimension, classes: width, capacity: classes.count + 3,
            maximumPairs: pairs.count, maximumTriplets: triplets.count, pool: ThreadPool(threads: threads))
    }

    func headCount(_ specification: LossSpecification) -> Int {
        specification.headParameters(dimension: dimension, classes: width).reduce(0) { $0 + $1.count }
    }

    struct Result: Equatable {
        var gradient: [Float]
        var headGradient: [Float]
        var total: Float
    }

    func evaluate(_ function: LossFunction, head: [Float]) -> (loss: StepLoss, result: Result) {
        // Garbage, which has to be overwritten.
        var gradient = [Float](repeating: 7, count: embeddings.count)
        var headGradient = [Float](repeating: 7, count: head.count)
        let loss = classes.withUnsafeBufferPointer { classes in
            pairs.withUnsafeBufferPointer { pairs in
                triplets.withUnsafeBufferPointer { triplets in
                    mixtures.withUnsafeBufferPointer { mixtures in
                        function.evaluate(
                            embeddings,
                            LossBatch(
                                count: classes.count, classes: classes.baseAddress!, pairs: pairs,
                                triplets: triplets, shots: shots, mixtures: mixtures),
                            head: head, gradient: &gradient, headGradient: &headGradient)
                    }
                }
            }
        }
        return (loss, Result(gradient: gradient, headGradient: headGradient, total: loss.total))
    }

    func naive(_ specification: LossSpecification) -> NaiveLoss {
        NaiveLoss(
            specification: specification, classes: classes.map(Int.init), pairs: pairs, triplets: triplets,
            shots: shots, mixtures: mixtures, width: width)
    }

    var rows: [[Double]] {
        classes.indices.map { embeddings[$0 * dimension..<($0 + 1) * dimension].map(Double.init) }
    }
}

@Suite struct LossTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var specification: LossSpecification
        var dimension: Int
        var testDescription: String {
            "\(specification.kind.rawValue), \(dimension) dimensions, head \(specification.classification), smoothing \(specification.labelSmoothing)"
        }
    }

    static let cases: [Case] = LossSpecification.Kind.allCases.flatMap { kind in
        [(1, 0, 0), (3, 0.125, 0), (17, 0, 0.1), (70, 0.125, 0.1)].map {
            dimension, classification, smoothing in
            Case(
                specification: LossSpecification(
                    kind, classification: Float(classification), temperature: 0.3, scale: 6, beta: 10,
                    labelSmoothing: Float(smoothing)), dimension: dimension)
        }
    }

    /// The gradient found against finite differences of the twin, and the loss against the twin's.
    func check(_ batch: DrawnBatch, _ naive: NaiveLoss, _ function: LossFunction, head: [Float]) -> StepLoss {
        let (loss, found) = batch.evaluate(function, head: head)
        var rows = batch.rows
        var values = head.map(Double.init)
        let total = naive.total(rows, head: values)
        #expect(abs(Double(loss.total) - total) < 2e-5 * (1 + abs(total)))
        let step = 1e-6
        for i in rows.indices {
            for k in 0..<batch.dimension {
                let value = rows[i][k]
                rows[i][k] = value + step
                let above = naive.total(rows, head: values)
                rows[i][k] = value - step
                let below = naive.total(rows, head: values)
                rows[i][k] = value
                let slope = (above - below) / (2 * step)
                let gradient = Double(found.gradient[i * batch.dimension + k])
                #expect(abs(gradient - slope) < 2e-4 * (1 + abs(slope)), "image \(i), component \(k)")
            }
        }
        for i in values.indices {
            let value = values[i]
            values[i] = value + step
            let above = naive.total(rows, head: values)
            values[i] = value - step
            let below = naive.total(rows, head: values)
            values[i] = value
            let slope = (above - below) / (2 * step)
            #expect(abs(Double(found.headGradient[i]) - slope) < 2e-4 * (1 + abs(slope)), "head \(i)")
        }
        return loss
    }

    /// Where the loss draws the border, a pair costs as much if it is of one class as if it is of two.
    @Test(arguments: [LossSpecification.Kind.contrastive, .halfContrastive, .contrastiveSquared])
    func thePairsBorder(_ kind: LossSpecification.Kind) throws {
        for margin in [0.3, 1, 4] as [Float] {
            let specification = LossSpecification(kind, margin: margin)
            let border = try #require(specification.border)
            func loss(_ distance: Float, different: Bool) -> StepLoss {
                var batch = DrawnBatch(classes: [0, different ? 1 : 0], width: 2, dimension: 1, seed: 1)
                (batch.embeddings, batch.pairs) = ([0, distance], [Pair(0, 1, different: different)])
                return batch.evaluate(batch.function(specification), head: []).loss
            }
            let (same, different) = (loss(border, different: false), loss(border, different: true))
            #expect(same.total > 0 && abs(same.total - different.total) < 1e-5 * same.total)
            #expect(loss(border * 0.99, different: false).correct == 1)
            #expect(loss(border * 0.99, different: true).correct == 0)
            #expect(loss(border * 1.01, different: true).correct == 1)
        }
        #expect(LossSpecification(.contrastiveLogarithmic).border == nil)
        #expect(LossSpecification(.binaryCrossEntropy).border == nil)
    }

    func head(_ count: Int, seed: UInt64 = 9) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in generator.uniform() * 2 - 1 }
    }

    @Test(arguments: cases) func matchesTheTwin(_ c: Case) {
        // One class has a single image, and not all classes are in the batch.
        var batch = DrawnBatch(
            classes: [2, 2, 2, 0, 0, 0, 4, 4, 1], width: 6, dimension: c.dimension, seed: UInt64(c.dimension),
            spread: 1 + Float(c.dimension) / 20)
        batch.shots = 2
        let loss = check(
            batch, batch.naive(c.specification), batch.function(c.specification),
            head: head(batch.headCount(c.specification)))
        #expect(loss.active > 0 && loss.comparisons >= loss.active)
    }

    @Test(arguments: [0, 0.1] as [Float]) func theTruthOfMixedImagesIsOfTwoClasses(smoothing: Float) {
        let specification = LossSpecification(.crossEntropy, labelSmoothing: smoothing)
        var batch = DrawnBatch(classes: [2, 0, 0, 4, 1], width: 6, dimension: 5, seed: 3)
        // One holds something of its own class, one nothing of another.
        batch.mixtures = zip([0, 3, 0, 2, 5], [0.5, 0.3, 0.25, 0, 0.1]).map {
            Mixture(label: $0, share: $1)
        }
        _ = check(
            batch, batch.naive(specification), batch.function(specification),
            head: head(batch.headCount(specification)))
    }

    @Test func contrastiveLogarithmicBeyondWhereItIsPrinted() {
        let specification = LossSpecification(.contrastiveLogarithmic)
        for (dimension, spread) in [(2, 1e-3), (2, 0.01), (1, 3), (2, 20)] as [(Int, Float)] {
            let batch = DrawnBatch(
                classes: [0, 0, 1, 1], width: 2, dimension: dimension, seed: 3, spread: spread)
            _ = check(batch, batch.naive(specification), batch.function(specification), head: [])
        }
    }

    @Test func learnedSimilarityDoesNotOverflow() {
        var batch = DrawnBatch(classes: [0, 0, 1], width: 2, dimension: 2, seed: 3)
        batch.pairs = [Pair(0, 1, different: false), Pair(0, 2, different: true)]
        batch.embeddings = [0, 0, 300, 0, 500, 1]
        let function = batch.function(LossSpecification(.binaryCrossEntropy))
        for weight in [-2, 2] as [Float] {
            let (loss, found) = batch.evaluate(function, head: [weight, 0.5, 0])
            #expect(abs(loss.total - (weight < 0 ? 300 : 500.25)) < 1e-3)
            #expect(found.gradient.allSatisfy(\.isFinite) && found.headGradient.allSatisfy(\.isFinite))
        }
    }

    @Test func externalMemoryMovesItsPoints() throws {
        let specification = LossSpecification(
            .externalMemory, margin: 0.4, classification: 0.125, memory: 0.2)
        var batch = DrawnBatch(classes: [0, 0, 0, 1, 1, 2, 2], width: 4, dimension: 5, seed: 8)
        let function = batch.function(specification)
        let head = head(batch.headCount(specification))
        var naive = batch.naive(specification)
        var seen: [Int: [[Double]]] = [:]
        for epoch in 1...4 {
            for step in 0..<3 {
                let other = DrawnBatch(
                    classes: batch.classes, width: 4, dimension: 5, seed: UInt64(10 * epoch + step))
                batch.embeddings = other.embeddings
                for (label, row) in zip(batch.classes, batch.rows) {
                    seen[Int(label), default: []].append(row)
                }
                if step == 0 {
                    _ = check(batch, naive, function, head: head)
                } else {
                    _ = batch.evaluate(function, head: head)
                }
            }
            function.finishEpoch(epoch)
            let weight = 1 / Double(epoch).squareRoot()
            for (label, rows) in seen {
                let new = (0..<5).map { k in rows.reduce(0) { $0 + $1[k] } / Double(rows.count) }
                let old = naive.memory[label] ?? new
                naive.memory[label] = zip(new, old).map { weight * $0 + (1 - weight) * $1 }
            }
            seen = [:]
        }
        let state = try #require(function.state)
        for (label, point) in naive.memory {
            for k in 0..<5 { #expect(abs(Double(state.base[label * 5 + k]) - point[k]) < 1e-5) }
        }
        // Taken up by another, which goes on alike.
        let second = batch.function(specification)
        second.state!.base.update(from: state.base, count: state.count)
        #expect(batch.evaluate(second, head: head).result == batch.evaluate(function, head: head).result)
    }

    @Test func oldCheckpointsSayNothingOfTheMemory() throws {
        let specification = LossSpecification(.externalMemory)
        var written = try #require(
            JSONSerialization.jsonObject(with: JSONEncoder().encode(specification)) as? [String: Any])
        #expect(written.removeValue(forKey: "memory") != nil)
        var old = specification
        old.memory = nil
        let read = try JSONDecoder().decode(
            LossSpecification.self, from: JSONSerialization.data(withJSONObject: written))
        #expect(read == old)
    }

    @Test func aClassMetLaterIsRememberedFromThen() {
        let specification = LossSpecification(.externalMemory)
        var batch = DrawnBatch(classes: [0, 0, 1, 1], width: 3, dimension: 2, seed: 8)
        batch.triplets = []
        let function = batch.function(specification)
        _ = batch.evaluate(function, head: [])
        function.finishEpoch(1)
        batch.classes = [2, 2, 2, 2]
        batch.embeddings = [1, 2, 1, 2, 3, 4, 3, 4]
        _ = batch.evaluate(function, head: [])
        function.finishEpoch(2)
        #expect(function.state!.base[4] == 2 && function.state!.base[5] == 3)
    }

    @Test(arguments: LossSpecification.Kind.allCases) func sameBitsWhateverTheThreads(
        _ kind: LossSpecification.Kind
    ) {
        var specification = LossSpecification(kind, classification: 0.125)
        if kind == .externalMemory { specification.memory = 0.5 }
        var batch = DrawnBatch(
            classes: (0..<90).map { Int32($0 % 11) }, width: 40, dimension: 67, seed: 5)
        batch.pairs = Array(batch.pairs.prefix(1000))
        batch.triplets = Array(batch.triplets.prefix(1000))
        batch.shots = 3
        let head = head(batch.headCount(specification))
        func results(_ threads: Int) -> [DrawnBatch.Result] {
            let function = batch.function(specification, threads: threads)
            return (1...2).map { epoch in
                defer { function.finishEpoch(epoch) }
                return batch.evaluate(function, head: head).result
            }
        }
        let one = results(1)
        #expect(one[0].gradient.contains { $0 != 0 })
        for threads in [2, 5] { #expect(results(threads) == one) }
    }

    @Test(arguments: LossSpecification.Kind.allCases) func extremesAreFinite(_ kind: LossSpecification.Kind) {
        let specification = LossSpecification(kind, classification: 0.125, temperature: 0.01, scale: 100)
        func run(_ name: String, _ classes: [Int32], _ embeddings: [Float], headValue: Float = 0.3) -> [Float]
        {
            var batch = DrawnBatch(classes: classes, width: 3, dimension: 2, seed: 1)
            batch.embeddings = embeddings
            batch.shots = 1
            let function = batch.function(specification)
            var gradient: [Float] = []
            for epoch in 1...2 {
                let (loss, found) = batch.evaluate(
                    function, head: [Float](repeating: headValue, count: batch.headCount(specification)))
                #expect(
                    loss.total.isFinite && (loss.embedding >= 0 || kind == .contrastiveLogarithmic), "\(name)"
                )
                #expect(
                    found.gradient.allSatisfy(\.isFinite) && found.headGradient.allSatisfy(\.isFinite),
                    "\(name)")
                #expect(loss.positives + loss.negatives >= loss.comparisons, "\(name)")
                gradient = found.gradient
                function.finishEpoch(epoch)
            }
            return gradient
        }
        let equal = run("equal", [0, 0, 1, 1], [1, 2, 1, 2, 1, 2, 1, 2], headValue: 0)
        #expect(equal.allSatisfy { abs($0) < 1e-5 })
        _ = run("zero", [0, 0, 1, 1], [0, 0, 0, 0, 1, 0, 0, 0])
        _ = run("all zero", [0, 0, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0], headValue: 0)
        _ = run("one image", [2], [1, 2])
        _ = run("no positives", [0, 1, 2], [1, 2, 3, 4, 5, 6])
        _ = run("no negatives", [1, 1, 1], [1, 2, 3, 4, 5, 6])
        _ = run("far", [0, 0, 1, 1], [-1e4, 2e4, 3e4, 1e4, 1e4, 0, 0, -1e4])
    }

    @Test(arguments: LossSpecification.Kind.allCases) func whatIsNotANumberIsNotHidden(
        _ kind: LossSpecification.Kind
    ) {
        let specification = LossSpecification(kind)
        var batch = DrawnBatch(classes: [0, 0, 1, 1], width: 2, dimension: 3, seed: 1)
        batch.embeddings = batch.embeddings.map { _ in .nan }
        let head = head(batch.headCount(specification))
        #expect(batch.evaluate(batch.function(specification), head: head).loss.total.isNaN)
    }

    @Test func describesPairs() {
        var batch = DrawnBatch(classes: [0, 0, 1], width: 2, dimension: 2, seed: 1)
        batch.embeddings = [0, 0, 0.3, 0.4, 3, 4]
        batch.pairs = [
            Pair(0, 1, different: false), Pair(0, 2, different: true), Pair(1, 2, different: true),
        ]
        let loss = batch.evaluate(batch.function(LossSpecification(.contrastive, margin: 5)), head: []).loss
        #expect(loss.comparisons == 3 && loss.correct == 3 && loss.active == 2)
        #expect(loss.positives == 1 && loss.negatives == 2)
        #expect(abs(loss.positiveDistance - 0.5) < 1e-6 && abs(loss.negativeDistance - 9.5) < 1e-6)
    }

    @Test func describesTriplets() {
        var batch = DrawnBatch(classes: [0, 0, 1], width: 2, dimension: 2, seed: 1)
        batch.embeddings = [0, 0, 0.3, 0.4, 3, 4]
        batch.triplets = [Triplet(0, 1, 2), Triplet(1, 0, 2)]
        let loss = batch.evaluate(batch.function(LossSpecification(.triplet, margin: 4.2)), head: []).loss
        #expect(loss.comparisons == 2 && loss.correct == 2 && loss.active == 1)
        #expect(abs(loss.positiveDistance - 1) < 1e-6 && abs(loss.negativeDistance - 9.5) < 1e-6)
    }

    @Test(arguments: [.prototypical, .crossEntropy, .multiSimilarity] as [LossSpecification.Kind])
    func describesAllPairsOfABatch(_ kind: LossSpecification.Kind) {
        let specification = LossSpecification(kind)
        var batch = DrawnBatch(classes: [0, 0, 1, 1], width: 2, dimension: 2, seed: 1)
        // The mean distances are 2 and 3.5; the middle is crossed by the second class' pair.
        batch.embeddings = [1, 0, 1, 1, 4, 0, 4, 3]
        let loss = batch.evaluate(
            batch.function(specification), head: [Float](repeating: 0, count: batch.headCount(specification))
        ).loss
        #expect(loss.comparisons == 6 && loss.positives == 2 && loss.negatives == 4)
        #expect(abs(loss.positiveDistance - 4) < 1e-5)
        #expect(
            abs(loss.negativeDistance - Double(3 + 18.0.squareRoot() + 10.0.squareRoot() + 13.0.squareRoot()))
                < 1e-5)
        #expect(loss.correct == 5)
    }

    @Test func headParameters() {
        func names(_ kind: LossSpecification.Kind, _ classification: Float) -> [String] {
            LossSpecification(kind, classification: classification).headParameters(dimension: 5, classes: 3)
                .map {
                    "\($0.name) \($0.dimensions)"
                }
        }
        #expect(names(.triplet, 0) == [])
        #expect(names(.crossEntropy, 0) == ["head.weight [5, 3]", "head.bias [3]"])
        #expect(
            names(.binaryCrossEntropy, 0.5) == [
                "head.weight [5, 3]", "head.bias [3]", "similarity.weight [5, 1]", "similarity.bias [1]",
            ])
        #expect(names(.normalisedSoftmax, 0) == ["proxies.weight [5, 3]"])
    }
}
