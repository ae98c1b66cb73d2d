import Foundation

/// A queue between two threads that makes the faster of them wait.
package final class BoundedQueue<Element>: @unchecked Sendable {
    // Guards all below; signalled whenever one of them changes.
    private let condition = NSCondition()
    private let capacity: Int
    private var elements: [Element] = []
    private var closed = false

    package init(capacity: Int) { self.capacity = capacity }

    /// Waits for room. False if the queue is closed: nobody will take the element.
    package func push(_ element: sending Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while elements.count >= capacity, !closed { condition.wait() }
        guard !closed else { return false }
        elements.append(element)
        condition.broadcast()
        return true
    }

    /// Waits for elements and takes all there are; none only if the queue is closed and empty.
    package func popAll() -> [Element] {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty, !closed { condition.wait() }
        defer { elements = [] }
        condition.broadcast()
        return elements
    }

    /// Waits for an element; nil only if the queue is closed and empty.
    package func pop() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty, !closed { condition.wait() }
        return takeFirst()
    }

    /// As the above, and nil too once nobody wants it any more, which is asked ten times a second.
    package func pop(unless isCancelled: () -> Bool) -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty, !closed {
            if isCancelled() { return nil }
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
        }
        return takeFirst()
    }

    private func takeFirst() -> Element? {
        guard !elements.isEmpty else { return nil }
        condition.broadcast()
        return elements.removeFirst()
    }

    /// Whether it is closed and empty.
    package var isOver: Bool {
        condition.lock()
        defer { condition.unlock() }
        return closed && elements.isEmpty
    }

    /// No more elements will come, or none will be taken.
    package func close() {
        condition.lock()
        closed = true
        condition.broadcast()
        condition.unlock()
    }
}
