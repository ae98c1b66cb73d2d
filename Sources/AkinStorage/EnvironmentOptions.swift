/// What cannot be changed once an environment is open.
package struct EnvironmentOptions: Sendable {
    /// Bytes of address space reserved: the largest size of the file. It is sparse and costs nothing; where
    /// the system does not give as much, half is asked for, and so on.
    package var mapSize = 1 << 40
    /// How many read transactions there may be at once, in all processes together. What the first process to
    /// open the environment says holds for all.
    package var readers = 126
    package var readOnly = false
    /// Called on the thread that is to write when another program, or thread, is writing and it has to wait.
    package var whenWaiting: (@Sendable () -> Void)?

    package init() {}
}
