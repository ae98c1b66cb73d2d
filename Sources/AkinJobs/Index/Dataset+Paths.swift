import AkinDatasets

extension Dataset {
    /// Whether what a person names is a manifest, which brings labels.
    package static func isManifest(_ paths: [String]) -> Bool {
        paths.count == 1 && [".csv", ".tsv"].contains { paths[0].lowercased().hasSuffix($0) }
    }

    /// The pictures that a person names: folders whose sub-folders are the labels, and files; or a manifest.
    ///
    /// - Parameter label: That of all of them, however they lie in folders; files by themselves need it.
    init(
        of paths: [String], label: String?, _ reading: FolderReading, takingAllPages: Bool
    ) throws(DatasetError) {
        let all =
            Self.isManifest(paths)
            ? try Dataset(manifest: paths[0]) : try Dataset(files: paths, label: label, reading)
        self = all.withPages(takingAll: takingAllPages)
    }
}
