/// What the columns of tables are called elsewhere.
package enum ColumnName {
    private static let others = [
        "path": [
            "file", "filename", "filepath", "image", "imagepath", "imagefile", "imagename", "img", "imgpath",
            "picture", "source", "name", "uri", "url",
        ],
        "label": ["class", "classname", "category", "categoryname", "target", "tag", "species", "y", "name"],
        "source": ["path", "file", "filename", "filepath", "image", "imagepath", "picture"],
        "group": ["page", "manuscript", "writer", "document", "book", "author", "subject", "user"],
        "split": ["set", "subset", "partition", "part", "fold"],
        "id": ["number", "index", "itemid"],
    ]

    /// The one of `columns` that is probably meant by a name; nil where none is.
    package static func meant(by name: String, among columns: [String]) -> String? {
        let letters = name.lowercased().filter(\.isLetter)
        return columns.first { others[$0]?.contains(letters) == true }
            ?? nearest(to: name, in: columns, within: 2)
    }

    /// Names of columns that count for nothing, each with the one of the `missing` columns for which it may stand.
    package static func list(_ names: [String], missing: [String]) -> String {
        names.map { name in name + (meant(by: name, among: missing).map { " (for \($0)?)" } ?? "") }
            .joined(separator: ", ")
    }
}
