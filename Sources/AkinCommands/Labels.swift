import AkinBasics
import ArgumentParser

/// Said where a folder's name and an item's label differ, as after 'akin index relabel'.
func keptLabels(_ number: Int) -> String {
    number == 0 ? "" : "; \(counted(number, "item")) kept a label that is not the folder's"
}

/// A label that cannot be told from another on the screen is a slip.
func checkLabel(_ label: String) throws(ValidationError) {
    if label.allSatisfy(\.isWhitespace) { throw ValidationError("A label has at least one letter.") }
    if label.first!.isWhitespace || label.last!.isWhitespace {
        throw ValidationError("The label '\(printable(label))' begins or ends with a blank; leave it out.")
    }
}
