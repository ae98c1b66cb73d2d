/// Names of folders and files that systems, network drives and programs put among a person's own. What they hold are
/// thumbnails, copies and what was thrown away: pictures often enough, and never meant.
enum SystemNames {
    private static let names = [
        // Network drives: Synology, QNAP, NetApp, ZFS and others.
        "@eaDir", "@tmp", "@Recycle", "@Recently-Snapshot", "#recycle", "#snapshot", "~snapshot", ".snapshot",
        ".snapshots", ".zfs", ".@__thumb", ".@upload_cache", ".wdmc", ".recycle",
        // Windows.
        "$RECYCLE.BIN", "RECYCLER", "System Volume Information", "Thumbs.db", "ehthumbs.db", "desktop.ini",
        // macOS.
        "__MACOSX", ".DS_Store", ".AppleDouble", ".AppleDB", ".AppleDesktop", ".Spotlight-V100", ".Trashes",
        ".fseventsd", ".TemporaryItems", ".DocumentRevisions-V100", "Network Trash Folder", "Temporary Items",
        // Linux and programs.
        "lost+found", ".Trash", ".thumbnails", ".thumbs", ".dtrash", ".picasaoriginals", ".ipynb_checkpoints",
        ".git", ".svn", ".hg", ".akinignore",
    ]

    /// File systems of Windows and macOS tell no case.
    private static let known = Dictionary(uniqueKeysWithValues: names.map { ($0.lowercased(), $0) })

    /// What a name that is passed over counts as; nil for any other name.
    static func kind(of name: String) -> String? {
        if let known = known[name.lowercased()] { return known }
        if name.hasPrefix(".Trash-") { return ".Trash" }
        return name.utf8.first == UInt8(ascii: ".") ? "hidden" : nil
    }
}
