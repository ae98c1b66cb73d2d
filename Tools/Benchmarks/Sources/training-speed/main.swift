// training-speed BACKBONE train|embed SECONDS   images a second of training steps or of embedding, the most memory
//                                               held, and how often a training step after the first allocates
// training-speed sgemm SECONDS                  the rate of OpenBLAS' matrix product on all threads
//
// Prints a JSON object a line. Tools/peers/training_speed.py calls it beside PyTorch.
import Akin
import AkinBasics
import CAllocationCounter
import CSquareProduct

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

let usage =
    "call training-speed \(Backbone.all.map(\.name).joined(separator: "|")) train|embed SECONDS, or "
    + "training-speed sgemm SECONDS"
let clock = ContinuousClock()

/// Calls `body` for so many seconds and returns how often it was called and how long that took, a tenth of the time
/// for warming up not counted.
func measure(_ seconds: Double, _ body: () throws -> Void) rethrows -> (calls: Int, seconds: Double) {
    let warmUp = clock.now
    repeat { try body() } while warmUp.duration(to: clock.now) < .seconds(seconds / 10)
    let start = clock.now
    var calls = 0
    repeat {
        try body()
        calls += 1
    } while start.duration(to: clock.now) < .seconds(seconds)
    return (calls, start.duration(to: clock.now) / .seconds(1))
}

/// A large square product, its rows divided among the threads.
func sgemm(_ seconds: Double) {
    let kernels = BLAS.kernels  // loads OpenBLAS as Akin does
    let size = 2048
    let pool = ThreadPool.shared
    let a = [Float](repeating: 0.5, count: size * size)
    var c = a
    c.withUnsafeMutableBufferPointer { c in
        a.withUnsafeBufferPointer { a in
            nonisolated(unsafe) let (a, c) = (a.baseAddress!, c.baseAddress!)
            let result = measure(seconds) {
                pool.forEach(pool.threads) { part, _ in
                    let (first, end) = (part * size / pool.threads, (part + 1) * size / pool.threads)
                    let done = square_product(
                        Int32(end - first), Int32(size), a + first * size, a, c + first * size)
                    precondition(done == 1, "OpenBLAS is not loaded")
                }
            }
            let operations = 2 * Double(size) * Double(size) * Double(size) * Double(result.calls)
            print(
                #"{"mode": "sgemm", "gflops": \#(operations / result.seconds / 1e9), "kernels": "\#(kernels)", "#
                    + #""loops": "\#(InstructionSet.name)"}"#)
        }
    }
}

/// `count` images with the labels 0 to 9 in turn.
func images(_ count: Int, for recipe: Recipe) throws -> (inputs: [Float], data: PreparedImages) {
    var generator = SeededGenerator(seed: 1)
    let inputs = (0..<count * recipe.preprocessing.inputCount).map { _ in generator.uniform() }
    let labels = (0..<count).map { "\($0 % 10)" }
    return (inputs, try PreparedImages(inputs: inputs, labels: labels, preprocessing: recipe.preprocessing))
}

func report(_ backbone: Backbone, _ mode: String, _ rate: Double, allocations: Double? = nil) {
    let counted = allocations.map { #", "allocations_per_step": \#($0)"# } ?? ""
    print(
        #"{"backbone": "\#(backbone.name)", "mode": "\#(mode)", "images_per_second": \#(rate), "#
            + #""peak_mib": \#(peakMemory())\#(counted)}"#)
}

/// The loop of `Trainer.run` itself, its choice of images and pairs and its copying included.
func train(_ backbone: Backbone, _ seconds: Double) throws {
    struct Done: Error {}
    let recipe = try backbone.recipe
    let trainer = try Trainer(recipe, data: images(backbone.batch, for: recipe).data)
    let began = clock.now
    var steps = 0
    var start = (time: began, allocations: Int64(0))
    var end = start
    do {
        try trainer.run { _ in
            let now = (time: clock.now, allocations: allocations_of_all_threads())
            if steps > 0 || began.duration(to: now.time) > .seconds(seconds / 10) {
                if steps == 0 { start = now }
                end = now
                if start.time.duration(to: now.time) >= .seconds(seconds) { throw Done() }
                steps += 1
            }
            return true
        }
    } catch is Done {}
    report(
        backbone, "train", Double(steps * backbone.batch) / (start.time.duration(to: end.time) / .seconds(1)),
        allocations: allocation_counter_works() == 1
            ? Double(end.allocations - start.allocations) / Double(steps) : nil)
}

func embed(_ backbone: Backbone, _ seconds: Double) throws {
    let recipe = try backbone.recipe
    let checkpoint = try Trainer(recipe, data: images(20, for: recipe).data).checkpoint
    let inputs = try images(backbone.batch, for: recipe).inputs
    forgetPeak()
    let embedder = try Embedder(checkpoint, batch: backbone.batch)
    let result = measure(seconds) { _ = try? embedder.embeddings(of: inputs, count: backbone.batch) }
    report(backbone, "embed", Double(result.calls * backbone.batch) / result.seconds)
}

/// Says why and ends.
func fail(_ message: String) -> Never {
    let line = "training-speed: error: \(message)\n"
    write(2, line, line.utf8.count)
    exit(1)
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let seconds = Double(arguments[arguments.count - 1]), seconds > 0 else {
    fail(usage)
}
do {
    switch (arguments.count, arguments[1], arguments[2]) {
    case (3, "sgemm", _): sgemm(seconds)
    case (4, let name, let mode):
        guard let backbone = Backbone.all.first(where: { $0.name == name }) else { fail(usage) }
        switch mode {
        case "train": try train(backbone, seconds)
        case "embed": try embed(backbone, seconds)
        default: fail(usage)
        }
    default: fail(usage)
    }
} catch {
    fail("\(error)")
}
