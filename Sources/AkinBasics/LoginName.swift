#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The login name of who runs the program; their number where there is no name.
package func loginName() -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
        let name = entry.pw_name
    else { return "\(getuid())" }
    return buffer.withUnsafeBufferPointer { _ in String(cString: name) }
}
