import AkinBasics
import AkinClassification
import AkinImages

/// The answers of a page with their pictures, in the order in which they come: the first as HTML, all as data for the page's script. What
/// it makes goes out as it comes; what stays are the sources and the labels.
struct AnswerList<Failure: Error> {
    /// So many are there without the script too.
    private static var plain: Int { 24 }
    /// So many stand in an element of data.
    private static var inBlock: Int { 256 }

    private let write: (String) throws(Failure) -> Void
    private(set) var pictures: AnswerPictures
    /// Of the first answers, and their pictures.
    private(set) var rows: [String] = []
    private var inlined: [Int: AnswerPictures.Shown] = [:]
    private var lines: [String] = []
    private var block = Block()
    private var blocks = 0
    private var pictureBlocks = 0
    private var items: [Item: Int] = [:]
    private var labels: [String: Int] = [:]
    private var labelTexts: [String] = []
    /// How many there are.
    private(set) var count = 0

    /// - Parameters:
    ///   - expected: About how many pictures there will be.
    ///   - room: So many bytes of them at most.
    ///   - write: Takes a part of the page that belongs behind `html`.
    init(
        expectedPictures expected: Int, room: Int = AnswerPage.mostBytes,
        write: @escaping (String) throws(Failure) -> Void
    ) {
        pictures = AnswerPictures(expected: expected, room: room)
        self.write = write
    }

    /// An item that stands beside an answer.
    private struct Item: Hashable {
        let label: String
        let source: Source
    }

    /// What the script reads at a time.
    private struct Block: Encodable {
        var items: [Near] = []
        var answers: [Row] = []

        struct Near: Encodable {
            let label: Int
            let path: String
            let picture: Int
        }

        /// As `ShownAnswer`; labels, pictures and items by their numbers.
        struct Row: Encodable {
            let input: String
            let verdict: String
            let name: String
            let share: String?
            let remarks: String?
            /// By which answers are ordered.
            let sure: Float
            let doubtful: Bool?
            let labels: [Int]
            let real: Int?
            let right: Bool?
            let picture: Int?
            let near: [Int]
            let distances: [String]
        }
    }

    /// Adds some; `images` gives pictures of sources, reduced to a longer side of some pixels or larger, as far as they can be had.
    mutating func append(
        _ answers: [ShownAnswer], _ images: ([Source], _ side: Int) -> [Image?]
    ) throws(Failure) {
        let new = pictures.add(
            asked: answers.compactMap(\.picture), items: answers.flatMap(\.neighbours).map(\.source), images)
        let shown = Dictionary(new.map { ($0.number, $0) }) { first, _ in first }
        for answer in answers {
            if rows.count < Self.plain {
                for source in answer.pictures {
                    let number = pictures.number(of: source)
                    if inlined[number] == nil { inlined[number] = shown[number] }
                }
                rows.append(answer.html { (pictures.number(of: $0), inlined[pictures.number(of: $0)]) })
            }
            block.answers.append(row(of: answer))
            count += 1
            if block.answers.count == Self.inBlock { try writeBlock() }
        }
        for picture in new {
            // The script finds the others where they are shown.
            lines.append(
                inlined[picture.number] != nil ? "" : (picture.isTiny ? "~" : "") + picture.address)
            if lines.count == AnswerPictures.inBlock { try writePictures() }
        }
    }

    private mutating func writeBlock() throws(Failure) {
        try write(dataElement(id: "answers-\(blocks)", block) + "\n")
        blocks += 1
        block = Block()
    }

    private mutating func writePictures() throws(Failure) {
        let text = lines.joined(separator: "\n")
        try write("<script type=\"text/plain\" id=\"pictures-\(pictureBlocks)\">\(text)</script>\n")
        pictureBlocks += 1
        lines = []
    }

    /// What the script has to know besides.
    private struct About: Encodable {
        let labels: [String]
        let leastSureFirst: Bool
        let perBlock: Int
    }

    /// Writes what has not gone out yet. Nothing is added afterwards.
    mutating func finish(leastSureFirst: Bool = false) throws(Failure) {
        if !block.answers.isEmpty { try writeBlock() }
        if !lines.isEmpty { try writePictures() }
        let about = About(
            labels: labelTexts, leastSureFirst: leastSureFirst, perBlock: AnswerPictures.inBlock)
        try write(dataElement(id: "about", about))
    }

    private mutating func number(of label: String) -> Int {
        if let known = labels[label] { return known }
        labels[label] = labelTexts.count
        labelTexts.append(printable(AnswerWords.shortened(label)))
        return labelTexts.count - 1
    }

    private mutating func number(of near: ShownAnswer.Near) -> Int {
        let item = Item(label: near.label, source: near.source)
        if let known = items[item] { return known }
        items[item] = items.count
        block.items.append(
            Block.Near(
                label: number(of: near.label), path: printable(near.source.path),
                picture: pictures.number(of: near.source)))
        return items.count - 1
    }

    private mutating func row(of answer: ShownAnswer) -> Block.Row {
        let share = answer.words?.share ?? ""
        let remarks = answer.remarks
        let sureness = answer.words?.sureness ?? -2
        return Block.Row(
            input: printable(answer.input), verdict: answer.words?.verdict.rawValue ?? "not read",
            name: answer.name, share: share.isEmpty ? nil : share,
            remarks: remarks.isEmpty ? nil : printable(remarks), sure: sureness.isFinite ? sureness : -2,
            doubtful: answer.words?.isDoubtful == true ? true : nil,
            labels: (answer.words?.labels ?? []).map { number(of: $0) },
            real: answer.label.map { number(of: $0) }, right: answer.isRight,
            picture: answer.picture.map { pictures.number(of: $0) },
            near: answer.neighbours.map { number(of: $0) },
            distances: answer.neighbours.map { threeDigits($0.distance) })
    }
}
