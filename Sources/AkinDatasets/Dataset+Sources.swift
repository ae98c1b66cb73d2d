import AkinBasics

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Dataset {
    /// The pictures that items of an index were made from: files, or `path#number` of an IDX or CIFAR file. What is
    /// not there any more shows when it is read.
    package init(sources: [(source: Source, label: String, group: String?)]) {
        var packed = PackedFiles()
        var samples: [Sample] = []
        samples.reserveCapacity(sources.count)
        for (source, label, group) in sources {
            if access(PathText.system(source.path), F_OK) != 0,
                let (images, number) = packed.place(of: source)
            {
                samples.append(Sample(images, number: number, source: source, label: label, group: group))
                continue
            }
            samples.append(Sample(source: source, label: label, group: group))
        }
        self.init(samples: samples)
    }
}
