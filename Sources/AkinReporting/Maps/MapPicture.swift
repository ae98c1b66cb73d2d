import AkinBasics
import AkinTensors
import AkinVectorSearch
import Foundation

/// The map of an index, as a picture and a page show it.
package struct MapPicture: Sendable {
    /// Where the index is.
    package var index: String
    /// What the points are, in their order.
    package var items: [Entry]
    /// Where they lie.
    package var map: PlaneMap
    /// How far their neighbours can be trusted; nil where that cannot be said.
    package var trust: Trustworthiness?
    /// By which the items are near.
    package var metric: Metric.Kind
    /// The name of the backbone.
    package var backbone: String
    /// With which the map began.
    package var seed: UInt64 = 1
    /// How many items the index has, of which these are some.
    package var all: Int
    /// When it was made.
    package var date = Date()
    /// Whether items are called pictures.
    var hasPictures = true
    /// Whether there are more pictures than there is room for on a page.
    var lacksRoom = false

    /// What a point is.
    package struct Entry: Sendable {
        package var label: String
        package var source: Source

        package init(label: String, source: Source) { (self.label, self.source) = (label, source) }
    }

    package init(
        index: String, items: [Entry], map: PlaneMap, trust: Trustworthiness?, metric: Metric.Kind,
        backbone: String
    ) {
        precondition(items.count == map.points.rows, "an item for each point")
        (self.index, self.items, self.map, self.trust) = (index, items, map, trust)
        (self.metric, self.backbone) = (metric, backbone)
        all = items.count
        let groups = Dictionary(grouping: items.indices) { items[$0].label }
        classes = groups.sorted { bytesPrecede($0.key, $1.key) }.enumerated().map { number, group in
            Class(number: number, label: group.key, items: group.value)
        }
    }

    /// In the order of their labels.
    let classes: [Class]

    struct Class {
        let number: Int
        let label: String
        /// The positions of its items, ascending.
        let items: [Int]
        var sign: MapSign { MapSign(ofClass: number) }
    }

    /// So many classes are listed beside the picture at most.
    package static let mostListed = 30

    /// What is said of the index: its name without the folders above it.
    var name: String { index.split(separator: "/").last.map(String.init) ?? index }

    /// `39 items of 5 classes`
    var extent: String { "\(counted(items.count, "item")) of \(countedClasses(classes.count))" }

    /// How the points were placed.
    var method: String {
        switch map.method {
        case .neighbours(let perplexity): "t-SNE, perplexity \(number(perplexity))"
        case .principalComponents:
            "principal components" + (map.share.map { ", \(percent($0)) of the variance" } ?? "")
        }
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() ? fixed(value, digits: 0) : fixed(value, digits: 1)
    }

    /// `0.97`; what is not all is not 1.
    var trustText: String? {
        trust.map { $0.value < 1 ? fixed(min($0.value, 0.999), digits: $0.value > 0.99 ? 3 : 2) : "1" }
    }
}
