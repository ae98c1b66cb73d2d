#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The most memory that this process has held, in MiB, since it began or since `forgetPeak`.
func peakMemory() -> Double {
    #if canImport(Glibc)
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
        let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        if words.first == "VmHWM:", let kilobytes = Double(words[1]) { return kilobytes / 1024 }
    }
    return 0
    #else
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    return Double(usage.ru_maxrss) / (1 << 20)
    #endif
}

/// Where the system can, begins the measurement of `peakMemory` anew.
func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
}
