import AkinBasics
import AkinDatasets

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Source {
    /// Whether the file that it names is known not to exist: one that cannot be looked at may come back. What is no path
    /// from the root names no file.
    package var isGone: Bool {
        func isMissing(_ path: String) -> Bool {
            var status = stat()
            return lstat(PathText.system(path), &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
        }
        guard path.utf8.first == UInt8(ascii: "/"), isMissing(path) else { return false }
        // A picture in a file of many is as present as the file.
        guard let mark = path.utf8.lastIndex(of: UInt8(ascii: "#")), Int(path[mark...].dropFirst()) != nil
        else { return true }
        return isMissing(String(path[..<mark]))
    }

    /// The path itself and those of the folders in which it lies.
    var andFoldersAbove: [Source] {
        let path = self.path
        return [self]
            + path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }.map {
                Source(String(path[..<$0]))
            }
    }

    /// The last names of its path, of so many folders and the file.
    func tail(_ names: Int) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).suffix(names).map { String(Substring($0)) }
            .joined(separator: "/")
    }
}

/// Tells by what path links lead to a file, from folder to folder: two sources of one place are the same file. A link to
/// a single file is a file of its own.
struct SourcePlaces {
    private var folders: [String: String] = [:]

    /// The path without links to folders.
    mutating func place(of source: Source) -> Source {
        let path = source.path
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else {
            return source
        }
        let folder = String(path[..<slash])
        let name = String(path[slash...])
        if let known = folders[folder] { return Source(known + name) }
        var place = folder
        if let resolved = realpath(PathText.system(folder), nil) {
            place = PathText.text(of: resolved)
            free(resolved)
        }
        if place == "/" { place = "" }
        folders[folder] = place
        return Source(place + name)
    }
}

extension SourcePlaces {
    /// The samples of a data set without those of files that come by another path too, and where each lies.
    mutating func filesOnce(of dataset: Dataset) -> (samples: [Sample], places: [Source]) {
        var first: [Source: Source] = [:]
        var (samples, places) = ([Sample](), [Source]())
        for sample in dataset.samples {
            let place = place(of: sample.source)
            guard first[place, default: sample.source] == sample.source else { continue }
            first[place] = sample.source
            samples.append(sample)
            places.append(place)
        }
        return (samples, places)
    }
}

extension Dataset {
    /// Those of its samples that become items: each file once, by whatever path of links it comes.
    package var filesOnce: [Sample] {
        var places = SourcePlaces()
        return places.filesOnce(of: self).samples
    }
}
