import AkinBasics
import AkinEmbedding
import AkinTensors
import AkinVectorSearch

/// Labelled embeddings that queries are compared with, wherever they live: in memory, in an index, in a database.
///
/// All access is inside `read` and `write`: what a reader gives fits together, and what a writer does comes into effect
/// at once or not at all.
public protocol Gallery: Sendable {
    /// What reads it.
    associatedtype Reader: GalleryReader
    /// What changes it.
    associatedtype Writer: GalleryWriter

    /// Which backbone made the embeddings.
    var backbone: BackboneIdentity { get }
    /// By what neighbours are near.
    var metric: Metric { get }
    /// Length of an embedding.
    var dimension: Int { get }

    /// Calls `body` with a view of the gallery as it is now; no later change shows in it. The reader must not be used
    /// after that.
    ///
    /// - Throws: What `body` throws, and the gallery's own errors.
    func read<R>(_ body: (Reader) throws -> R) throws -> R

    /// Calls `body` with what changes the gallery: all that it does comes into effect at once when it returns, and
    /// nothing of it if it throws. Other writers wait; within `body` only the writer given may change the gallery. It
    /// must not be used after that.
    ///
    /// `change` says what is being done; several calls with the same one are one change in the history, if the gallery
    /// keeps one and nobody else has changed it in between.
    ///
    /// - Throws: What `body` throws, and the gallery's own errors.
    func write<R>(_ change: PendingChange, _ body: (Writer) throws -> R) throws -> R
}

extension Gallery {
    /// As the above; `summary` says in the history what was done.
    ///
    /// ```swift
    /// try gallery.write("sheet 12 was read wrongly") { change in
    ///     try change.remove(sources: ["sheet-12/stamp.png"])
    ///     try change.relabel("eagel", to: "eagle")
    /// }
    /// ```
    public func write<R>(_ summary: String, _ body: (Writer) throws -> R) throws -> R {
        try write(PendingChange(.write, summary), body)
    }

    /// Throws where embeddings of `found` do not belong here.
    package func check(_ found: BackboneIdentity) throws(GalleryError) {
        guard found.hash == backbone.hash else { throw .otherBackbone(expected: backbone, found: found) }
    }
}

extension String {
    /// Whether it is meant as the address of a gallery in a database, right or wrong, and not as a folder.
    package var isDatabaseAddress: Bool { hasPrefix("postgresql://") || hasPrefix("postgres://") }
}
