import Synchronization

/// A change of a gallery that is being made. Each of its transactions adds to the same change, as long as nobody else
/// changes the gallery in between; what comes after that is another change.
public final class PendingChange: Sendable {
    /// What is being done.
    public let verb: Change.Verb
    /// To what: a folder, a label, a number of items; for people.
    public let summary: String
    private let written = Mutex<UInt64?>(nil)

    /// Nothing is done yet.
    public init(_ verb: Change.Verb, _ summary: String) {
        self.verb = verb
        self.summary = summary
    }

    /// Its number in the gallery's history, once one of its transactions has been committed.
    package var number: UInt64? {
        get { written.withLock { $0 } }
        set { written.withLock { $0 = newValue } }
    }
}
