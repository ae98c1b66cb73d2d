import AkinBasics
import AkinStorage

/// A text of any length as a key. LMDB's keys end at 511 bytes: a longer text is cut, and its hash appended, so
/// that keys are still in the order of the texts' beginnings.
struct TextKey: TableKey {
    /// Up to here a text is its own key.
    static let limit = 510
    private static let kept = 495

    let bytes: [UInt8]

    init(_ source: Source) { self.init(source.path) }

    /// Of a label or a group as it is stored.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count > Self.limit else {
            self.bytes = bytes
            return
        }
        let hash = ContentHash(of: bytes)
        self.bytes =
            bytes.prefix(Self.kept)
            + [hash.high, hash.low].flatMap { half in
                (0..<8).map { UInt8(truncatingIfNeeded: half >> ($0 * 8)) }
            }
    }

    init?(key: UnsafeRawBufferPointer) { bytes = Array(key) }

    /// The text; nil if the key has no more than its beginning, or is no text.
    var text: String? { bytes.count > Self.limit ? nil : String(validating: bytes, as: UTF8.self) }

    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws(StorageError) -> R) throws(StorageError) -> R {
        try bytes.withStored(body)
    }

    /// The smallest key that a text with this beginning can have.
    static func first(withPrefix prefix: String) -> TextKey { TextKey(cut: Array(prefix.utf8.prefix(kept))) }

    private init(cut bytes: [UInt8]) { self.bytes = bytes }
}
