import Akin
import AkinBasics
import ArgumentParser

/// Said where a folder's name and an item's label differ, as after 'akin index relabel'.
func keptLabels(_ number: Int) -> String {
    number == 0 ? "" : "; \(counted(number, "item")) kept a label that is not the folder's"
}

/// What is said behind the number of items whose pictures lie in other places than before.
func moved(_ items: [Moved]) -> String {
    let relabelled = items.count { $0.label != nil }
    return relabelled == 0 ? "moved" : "moved, \(relabelled) of them to another label"
}

/// Said where there are several items of one content.
func copied(_ copies: [Copies]) -> String {
    let items = copies.reduce(0) { $0 + $1.items.count }
    guard items > 0 else { return "" }
    let kinds = copies.count == 1 ? "have the same content" : "share \(copies.count) contents"
    return "; \(items) items \(kinds)"
}

/// A label that cannot be told from another on the screen is a slip.
func checkLabel(_ label: String) throws(ValidationError) {
    if label.allSatisfy(\.isWhitespace) { throw ValidationError("A label has at least one letter.") }
    if label.first!.isWhitespace || label.last!.isWhitespace {
        throw ValidationError("The label '\(printable(label))' begins or ends with a blank; leave it out.")
    }
}
