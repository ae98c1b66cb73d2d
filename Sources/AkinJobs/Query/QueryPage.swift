import AkinBasics
import AkinClassification
import AkinDatasets
import AkinImages
import AkinIndexing
import AkinItems
import AkinReporting
import AkinTensors

/// The page that shows what was asked about beside its neighbours, while it comes to be.
final class QueryPage {
    private let query: Query
    private let page: AnswerPage
    private let foot: PageFoot
    private let isOfPictures: Bool
    private let pictures = SourcePictures()

    /// - Parameters:
    ///   - questions: About how many there will be.
    ///   - isOfPictures: Whether pictures are asked about, and not vectors.
    init(
        _ sheet: OutputFile, _ query: Query, _ index: EmbeddingIndex, expecting questions: Int,
        ofPictures isOfPictures: Bool
    ) throws {
        self.query = query
        self.isOfPictures = isOfPictures
        let path = absolutePath(query.index.path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let items = try index.count
        let classifier = try index.classifier(or: query.classifier)
        page = try AnswerPage(
            sheet, title: "Answers of \(name)", of: isOfPictures ? "picture" : "vector",
            notes: [
                AnswerNotes.sureness(isCalibrated: try index.calibration?.classifier == classifier),
                AnswerNotes.neighbours(),
            ],
            expectedPictures: questions + min(items, questions * min(query.listing, items)))
        foot = PageFoot(
            index: path, classifier: "\(classifier)", command: query.command)
    }

    /// Adds some; `samples` are what can be read of what was asked about.
    func append(_ replies: [QueryReply], of samples: [Sample]) throws {
        let own = Dictionary(samples.map { ($0.source, $0) }) { first, _ in first }
        try page.append(replies.map(shown)) { sources, side in
            // What is no file of its own, such as a picture of an IDX file, is not for several threads.
            let images = ThreadPool.shared.map(sources.count) { number in
                Self.image(of: sources[number], own[sources[number]], side)
            }
            return zip(sources, images).map { $1 ?? pictures.picture(of: $0)?.reduced(to: side) }
        }
    }

    private static func image(of source: Source, _ sample: Sample?, _ side: Int) -> Image? {
        let target = (side, side)
        let image =
            sample.map { try? $0.content().image(fitting: target) }
            ?? (try? Image(contentsOf: source.path, fitting: target))
        return image?.reduced(to: side)
    }

    private func shown(_ reply: QueryReply) -> ShownAnswer {
        switch reply {
        case .failure(let failure): ShownAnswer(failure.input, unread: failure.error)
        case .answer(let answer):
            ShownAnswer(
                answer.input, picture: isOfPictures ? answer.source : nil, answer.words,
                neighbours: answer.neighbours.map { ShownAnswer.Near($0.label, $0.source, $0.distance) })
        }
    }

    /// Writes it: all of it or, if that fails, nothing.
    func write() throws { try page.write(leastSureFirst: query.leastSureFirst, foot) }
}
