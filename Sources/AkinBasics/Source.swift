/// Where a picture or an item comes from: a file's path, `path#number` of one of the pictures in a file, or whatever an
/// import says.
///
/// A name that is not UTF-8 has a text as well: each byte that is no part of a character is `\xHH`, and a backslash that
/// stands before an `x` in the name is doubled.
///
/// Two sources are the same where their bytes are: a file system may hold two files whose names a person cannot tell
/// apart. All other texts of Akin (labels, groups) are Swift's strings, to which two spellings of an accent are equal.
public struct Source: Sendable, Hashable, Comparable {
    /// The path, as it is written.
    public let path: String

    /// The path is taken as it is.
    public init(_ path: String) { self.path = path }

    /// Whether all bytes are the same.
    public static func == (a: Source, b: Source) -> Bool { a.path.utf8.elementsEqual(b.path.utf8) }

    /// In the order of their bytes: the same on every system and in every locale.
    public static func < (a: Source, b: Source) -> Bool { bytesPrecede(a.path, b.path) }

    /// Of the bytes.
    public func hash(into hasher: inout Hasher) {
        var path = path
        path.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension Source: CustomStringConvertible {
    /// The path.
    public var description: String { path }
}

extension Source: ExpressibleByStringInterpolation {
    /// The path is taken as it is.
    public init(stringLiteral path: String) { self.init(path) }
}

extension Source: Codable {
    /// From a string.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// As a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(path)
    }
}
