import AkinBasics
import AkinImages
import AkinTensors

/// The pictures of a page of answers, each of them in it once, however often it is shown; numbered as they come.
struct AnswerPictures {
    /// In which a page's script finds them: so many in an element, a line each.
    static let inBlock = 64

    /// In place of a number.
    enum Missing: Int {
        /// It cannot be had.
        case unreadable = -1
        /// There is no more room.
        case leftOut = -2
    }

    /// By source, and by what they are.
    private var numbers: [Source: Int] = [:]
    private var known: [ContentHash: Int] = [:]
    private var expected: Int
    let room: Int
    private var bytes = 0
    /// How many there are.
    private(set) var count = 0
    /// How many were left out for want of room.
    private(set) var leftOut = 0

    /// - Parameters:
    ///   - expected: About how many there will be.
    ///   - room: So many bytes of them at most.
    init(expected: Int, room: Int) { (self.expected, self.room) = (expected, room) }

    /// The longer side of the next ones, in pixels: the more there are, the smaller they are.
    var side: Int {
        switch max(expected, count) {
        case ...600: 160
        case ...3000: 112
        case ...10_000: 80
        default: 64
        }
    }

    /// A picture as it stands in a page.
    struct Shown {
        let number: Int
        let address: String
        /// Whether it is shown pixel by pixel.
        let isTiny: Bool
    }

    /// The number of a picture that was added, or what is the matter with it.
    func number(of source: Source) -> Int { numbers[source] ?? Missing.unreadable.rawValue }

    /// Adds pictures that are not there yet, and gives those that are new.
    ///
    /// - Parameters:
    ///   - asked: What was asked about. A file of the same name as one before may hold another picture by now.
    ///   - items: What lies beside it.
    mutating func add(
        asked: [Source], items: [Source], _ pictures: ([Source], _ side: Int) -> [Image?]
    ) -> [Shown] {
        var seen: Set<Source> = []
        var new = (asked + items.filter { numbers[$0] == nil }).filter { seen.insert($0).inserted }
        if bytes >= room {
            let lacking = new.filter { numbers[$0] == nil }
            leftOut += lacking.count
            for source in lacking { numbers[source] = Missing.leftOut.rawValue }
            new = []
        }
        let (side, images) = (side, pictures(new, side))
        let addresses = ThreadPool.shared.map(images.count) { place in
            images[place].map { Thumbnail.smallAddress(of: $0.reduced(to: side)) }
        }
        var shown: [Shown] = []
        for (place, source) in new.enumerated() {
            guard let image = images[place], let address = addresses[place] else {
                numbers[source] = Missing.unreadable.rawValue
                continue
            }
            let hash = Array(address.utf8).withUnsafeBytes { ContentHash(of: $0) }
            if let same = known[hash] {
                numbers[source] = same
                continue
            }
            guard bytes + address.utf8.count <= room else {
                leftOut += 1
                bytes = room
                numbers[source] = Missing.leftOut.rawValue
                continue
            }
            bytes += address.utf8.count
            (numbers[source], known[hash]) = (count, count)
            shown.append(Shown(number: count, address: address, isTiny: Self.isTiny(image, side)))
            count += 1
        }
        return shown
    }

    /// Not what was made so small.
    private static func isTiny(_ image: Image, _ side: Int) -> Bool {
        let longer = max(image.width, image.height)
        return longer <= Thumbnail.tiny && longer < side
    }
}
