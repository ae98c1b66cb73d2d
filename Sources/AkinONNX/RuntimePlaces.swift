import AkinBasics
import Foundation

/// Where ONNX Runtime may lie, likelier places first.
struct RuntimePlaces {
    var environment = ProcessInfo.processInfo.environment
    var home = NSHomeDirectory()

    /// Names that the system looks for, and files that are there.
    var all: [String] { names + packaged }

    #if os(macOS)
    private static let ending = ".dylib"
    /// Homebrew's folders, in which macOS does not look, come after the name.
    private var names: [String] {
        [
            "libonnxruntime.dylib", "/opt/homebrew/lib/libonnxruntime.dylib",
            "/usr/local/lib/libonnxruntime.dylib",
        ]
    }
    #else
    private static let ending = ".so"
    /// Debian's library bears its version in its name.
    private var names: [String] {
        ["libonnxruntime.so.1", "libonnxruntime.so"] + (21...40).map { "libonnxruntime.so.1.\($0)" }
    }
    #endif

    /// In PyPI's package.
    private var packaged: [String] {
        libraries.flatMap { library in
            Self.names(in: library) { $0.hasPrefix("python3") }.flatMap { python in
                ["site-packages", "dist-packages"].flatMap { packages in
                    Self.files(in: "\(library)/\(python)/\(packages)/onnxruntime/capi")
                }
            }
        }
    }

    /// Folders `lib` in which Python may have its packages.
    private var libraries: [String] {
        let programs = (environment["PATH"] ?? "/usr/local/bin:/usr/bin").split(separator: ":").map(
            String.init)
        let beside = programs.filter { $0.hasSuffix("/bin") }.map { String($0.dropLast(3)) + "lib" }
        let versions = (environment["PYENV_ROOT"] ?? home + "/.pyenv") + "/versions"
        let pyenv = Self.names(in: versions) { _ in true }.map { "\(versions)/\($0)/lib" }
        var known: Set<String> = []
        return (beside + pyenv + [home + "/.local/lib"]).filter { known.insert($0).inserted }
    }

    /// The library: `libonnxruntime.so.1.32.0`, and not what lies beside it.
    private static func files(in folder: String) -> [String] {
        names(in: folder) {
            $0.hasPrefix("libonnxruntime.") && $0.contains(ending)
        }.map { "\(folder)/\($0)" }
    }

    /// The newest first, as far as names say.
    private static func names(in folder: String, _ isMeant: (String) -> Bool) -> [String] {
        ((try? Folder.entries(folder)) ?? []).map(\.name).filter(isMeant)
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
    }
}
