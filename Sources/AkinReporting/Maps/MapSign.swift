/// How the items of a class are drawn: a colour and a shape, the colours first.
package struct MapSign: Hashable {
    let colour: Int
    let shape: Int

    /// Of the class with this number.
    package init(ofClass number: Int) {
        colour = number % Self.colours.count
        shape = number / Self.colours.count % Self.shapes.count
    }

    /// So many classes have signs of their own.
    package static let count = colours.count * shapes.count

    /// On white and on black: those of Okabe and Ito 2008 ("Color universal design"), which people tell apart however they see
    /// colours, without the yellow, which is hard to see on white, and lighter on black.
    static let colours: [(light: String, dark: String)] = [
        ("#0072b2", "#4a9fe0"), ("#d55e00", "#ff7f3f"), ("#009e73", "#2fcf9f"), ("#a6558a", "#e29bc8"),
        ("#e69f00", "#ffc84a"), ("#56b4e9", "#a9ddff"), ("#1b1b1b", "#ececec"),
    ]

    /// Paths about zero, of about one area, 11 across.
    static let shapes = [
        "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M-4.5-4.5h9v9h-9z", "M0-6.2L6 4.4H-6z",
        "M0-6.5L6.5 0 0 6.5-6.5 0z", "M0 6.2L6-4.4H-6z", "M-2-5.8h4v3.8h3.8v4h-3.8v3.8h-4v-3.8h-3.8v-4h3.8z",
    ]

    /// What a drawing refers to, each as large as `scale` says.
    static func definitions(scale: Double) -> String {
        let paths = shapes.enumerated().map { number, path in
            "<path id=\"m\(number)\" class=\"mark\" d=\"\(path)\" transform=\"scale(\(fixed(scale, digits: 2)))\"/>"
        }
        return "<defs>\(paths.joined())</defs>"
    }

    /// The colours on black.
    static let darkStyle = colours.enumerated().map { ".f\($0) { fill: \($1.dark); }" }.joined(separator: " ")
    /// The colours on white, where the others would hold.
    static let lightStyle = colours.enumerated().map { ".f\($0) { fill: \($1.light); }" }.joined(
        separator: " ")

    /// For an element that is drawn in its colour.
    var fill: String { "class=\"f\(colour)\" fill=\"\(Self.colours[colour].light)\"" }
}
