import Akin
import AkinBasics
import ArgumentParser

extension CompletionKind {
    /// A backbone: a name, also behind the + of several, or a file.
    static var backbone: CompletionKind {
        .custom { _, _, beginning in backboneNames(beginning) + checkpoints(beginning) }
    }
}

private func backboneNames(_ beginning: String) -> [String] {
    let others = beginning.lastIndex(of: "+").map { String(beginning[...$0]) } ?? ""
    let names = Descriptors.all.map(\.identity.name) + BackboneFolders.standard.files.keys
    return names.sorted().map { others + $0 }
}

/// Files, and folders in which there may be some.
private func checkpoints(_ beginning: String) -> [String] {
    let folder = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
    let entries = (try? Folder.entries(folder.isEmpty ? "." : folder)) ?? []
    return entries.filter { $0.isFolder == true || $0.name.hasSuffix(BackboneFolders.ending) }
        .filter { !$0.name.hasPrefix(".") }
        .map { folder + $0.name + ($0.isFolder == true ? "/" : "") }.sorted()
}
