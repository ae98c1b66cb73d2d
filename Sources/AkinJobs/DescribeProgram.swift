import AkinBasics
import AkinONNX
import AkinTensors
import CAkinGIF
import CAkinHEIF
import CAkinJPEG
import CAkinLMDB
import CAkinOpenJPEG
import CAkinPNG
import CAkinSVM
import CAkinTIFF
import CAkinWebP
import CAkinXXHash
import CAkinZlib
import Foundation

/// Says which Akin this is, and what it runs on.
public struct DescribeProgram: Job {
    /// What there is to say.
    public struct Result: Encodable, Sendable {
        /// Of Akin: `0.1.0`.
        public let version = akinVersion
        /// Of Swift's compiler, which built it: `6.2`.
        public let swift: String
        /// How OpenBLAS was built, in its own words; empty where it is not there.
        public let configuration: String
        /// Those of the system that it uses.
        public let libraries: [Library]
        /// Which instructions calculations use.
        public let machine: Machine

        private enum CodingKeys: CodingKey {
            case version, swift, configuration, libraries, kernels, loops, threads
        }

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(version, forKey: .version)
            try container.encode(swift, forKey: .swift)
            try container.encode(configuration, forKey: .configuration)
            try container.encode(libraries, forKey: .libraries)
            try container.encode(machine.kernels, forKey: .kernels)
            try container.encode(machine.loops, forKey: .loops)
            try container.encode(machine.threads, forKey: .threads)
        }
    }

    /// A library of the system.
    public struct Library: Encodable, Sendable, Equatable {
        /// As its makers call it.
        public let name: String
        /// The version in use, or with which Akin was built where a library does not tell; nil where it is not there.
        public let version: String?
        /// What is not to be had where it is not there.
        public let use: String
    }

    /// Of the program that runs.
    public init() {}

    /// Asks the libraries; those that are opened when they are first needed are opened.
    @discardableResult
    public func run(_ monitor: Monitor) -> Result {
        Result(
            swift: Self.compiler, configuration: BLAS.configuration,
            libraries: Self.calculating + Self.keeping + Self.decoding,
            machine: Machine())
    }

    private static var calculating: [Library] {
        // "OpenBLAS 0.3.21 DYNAMIC_ARCH ..."
        let words = BLAS.configuration.split(separator: " ")
        let blas = words.first == "OpenBLAS" ? words.dropFirst().first.map(String.init) : nil
        let runtime = try? ONNXRuntime.found()
        let svm = akin_svm_version()
        return [
            Library(name: "OpenBLAS", version: blas, use: "matrix products"),
            Library(
                name: "LIBSVM", version: "\(svm / 100).\(padded(svm % 100))", use: "support vector machines"),
            Library(name: "ONNX Runtime", version: runtime?.version, use: "foreign networks"),
        ]
    }

    private static var keeping: [Library] {
        let xxHash = XXH_versionNumber()
        var (major, minor, patch): (CInt, CInt, CInt) = (0, 0, 0)
        mdb_version(&major, &minor, &patch)
        return [
            Library(name: "LMDB", version: "\(major).\(minor).\(patch)", use: "indexes"),
            Library(name: "zlib", version: zlibVersion().map { String(cString: $0) }, use: "packed files"),
            Library(
                name: "xxHash", version: "\(xxHash / 10_000).\(xxHash / 100 % 100).\(xxHash % 100)",
                use: "checksums"),
        ]
    }

    private static var decoding: [Library] {
        let webp = akin_webp_version()
        let tiff = String(cString: akin_tiff_version()).prefix { !$0.isNewline }
        return [
            Library(
                name: "libjpeg-turbo", version: akin_jpeg_version().map { String(cString: $0) }, use: "JPEG"),
            Library(name: "libpng", version: String(cString: akin_png_version()), use: "PNG"),
            Library(name: "libtiff", version: tiff.split(separator: " ").last.map(String.init), use: "TIFF"),
            Library(
                name: "libwebp", version: "\(webp >> 16).\(webp >> 8 & 255).\(webp & 255)", use: "WebP"),
            Library(name: "OpenJPEG", version: String(cString: akin_openjpeg_version()), use: "JPEG 2000"),
            Library(name: "giflib", version: String(cString: akin_gif_version()), use: "GIF"),
            Library(
                name: "libheif", version: akin_heif_version().map { String(cString: $0) },
                use: "HEIC and AVIF"),
        ]
    }

    private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The compiler does not tell its version but by such questions.
    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or newer"
        #elseif compiler(>=6.3)
        "6.3"
        #elseif compiler(>=6.2)
        "6.2"
        #else
        "6.1"
        #endif
    }
}
