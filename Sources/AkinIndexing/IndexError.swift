public enum IndexError: Error, Equatable {
    case notAnIndex(path: String)
}
