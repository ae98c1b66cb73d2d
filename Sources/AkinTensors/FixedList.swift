/// A list with room for so many elements and no more, at a fixed address: what is filled anew at each step without an
/// allocation. For plain values only.
package final class FixedList<Element: BitwiseCopyable>: @unchecked Sendable {
    package let capacity: Int
    package private(set) var count = 0
    package let base: UnsafeMutablePointer<Element>

    package init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: max(capacity, 1))
    }

    deinit { base.deallocate() }

    package func removeAll() { count = 0 }

    package func append(_ element: Element) {
        precondition(count < capacity, "the list is full")
        (base + count).initialize(to: element)
        count += 1
    }

    package subscript(position: Int) -> Element {
        get {
            precondition(position < count)
            return base[position]
        }
        set {
            precondition(position < count)
            base[position] = newValue
        }
    }

    package var elements: UnsafeBufferPointer<Element> { .init(start: base, count: count) }
}
