import Foundation

extension String {
    /// In Unicode's normal form C, in which labels and groups are kept: of the texts that Swift (and a person) takes for
    /// the same, all have the same bytes then.
    package var composed: String {
        // No character below U+0300 is ever written in another way.
        utf8.allSatisfy { $0 < 0x80 } || unicodeScalars.allSatisfy { $0.value < 0x300 }
            ? self : precomposedStringWithCanonicalMapping
    }

    /// Whether it is composed, to the byte.
    package var isComposed: Bool { utf8.elementsEqual(composed.utf8) }
}
