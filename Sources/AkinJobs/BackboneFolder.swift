import Foundation

/// Where the user's backbones lie that are called by their names.
enum BackboneFolder {
    /// `$XDG_DATA_HOME/akin/backbones`, by default `~/.local/share/akin/backbones`; on macOS `~/Library/Application
    /// Support/Akin/backbones`. It may not be there.
    static var user: String {
        #if os(macOS)
        NSHomeDirectory() + "/Library/Application Support/Akin/backbones"
        #else
        // The standard asks that a relative path be ignored.
        let data = ProcessInfo.processInfo.environment["XDG_DATA_HOME"].flatMap {
            $0.hasPrefix("/") ? $0 : nil
        }
        return (data ?? NSHomeDirectory() + "/.local/share") + "/akin/backbones"
        #endif
    }
}
