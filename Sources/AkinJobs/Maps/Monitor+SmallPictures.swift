import AkinBasics
import AkinDatasets
import AkinImages
import AkinReporting
import AkinTensors

extension Monitor {
    /// The pictures of items, as far as they can be read, with a longer side of so many pixels at most.
    func pictures(of sources: [Source], side: Int) throws -> [Source: Image] {
        let samples = Dataset(sources: sources.map { ($0, "", nil) }).samples
        var images: [Source: Image] = [:]
        try during("reading pictures") { work in
            for first in stride(from: 0, to: samples.count, by: 32) {
                if isCancelled { throw JobError.interrupted(.wroteNothing) }
                let range = first..<min(first + 32, samples.count)
                let read = ThreadPool.shared.map(range.count) { number in
                    try? samples[first + number].content().image(fitting: (side, side)).reduced(to: side)
                }
                for (number, image) in read.enumerated() { images[sources[first + number]] = image }
                work.update(WorkProgress(done: range.upperBound, total: samples.count))
            }
        }
        return images
    }
}
