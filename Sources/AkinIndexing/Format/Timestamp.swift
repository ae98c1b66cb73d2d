import Foundation

/// A moment as the index's tables hold it.
struct Timestamp: Equatable {
    /// Since 1970, UTC.
    let milliseconds: Int64

    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
    }

    var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
