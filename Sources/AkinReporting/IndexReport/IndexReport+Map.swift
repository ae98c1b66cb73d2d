import AkinBasics
import Foundation

/// The map, and what stands at the end.
extension IndexReport {
    func mapSection(_ page: PagePictures) -> String? {
        guard var map else { return nil }
        map.hasPictures = !page.isEmpty
        let shown = pictures(of: map, page)
        map.lacksRoom = page.leftOut > 0 || shown.count >= page.most
        let order = map.classes.flatMap(\.items)
        return [
            map.introduction(shown.count), map.legend, map.plot(MapLayout(map)), MapPicture.tip,
            map.data(order, shown),
        ].joined(separator: "\n")
    }

    /// Those that the page shows already, and of the others as many as have room, from all over the map.
    private func pictures(of map: MapPicture, _ page: PagePictures) -> [Int: MapPicture.Shown] {
        var result: [Int: MapPicture.Shown] = [:]
        func add(_ item: Int) {
            guard let address = page.reference(to: map.items[item].source) else { return }
            result[item] = MapPicture.Shown(
                address: address, isTiny: page.isTiny(map.items[item].source))
        }
        for item in map.items.indices where page.shows(map.items[item].source) { add(item) }
        let others = map.pictured.filter { !page.shows(map.items[$0].source) }
        // In an order of which every beginning is from all over it: by the golden ratio.
        let spread = others.enumerated().sorted { Self.place($0.offset) < Self.place($1.offset) }
        for (_, item) in spread.prefix(page.room) { add(item) }
        return result
    }

    private static func place(_ number: Int) -> Double {
        (Double(number) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
    }

    var onward: String? {
        guard !commands.isEmpty else { return nil }
        return commands.map { "<p>\(escaped($0.purpose))</p>\n<pre>\(escaped($0.line))</pre>" }
            .joined(separator: "\n")
    }

    func making(_ page: PagePictures) -> String {
        var rows = [("Index", escaped(index))]
        if page.count > 0 {
            let left =
                page.count >= page.most || page.leftOut > 0 ? ", no more, so that the page can be mailed" : ""
            rows.append(("Pictures", "\(page.count) on this page\(left)"))
        }
        if let map {
            let trust = map.trustText.map { ", trustworthiness \($0)" } ?? ""
            rows.append(("Map", "\(unbroken(map.method))\(trust), seed \(seed)"))
        }
        let stamp = date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).prefix(16)
        rows.append(("Date", "\(stamp) UTC"))
        rows.append(("Made by", "Akin \(akinVersion)"))
        return factTable(rows)
    }
}
