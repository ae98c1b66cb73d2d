import Foundation

/// `value` with so many digits after the point.
func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale = pow(10, Double(digits))
    let scaled = (abs(value) * scale).rounded()
    let whole = UInt64(scaled / scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = "\(UInt64(scaled - Double(whole) * scale))"
    return "\(sign)\(whole).\(String(repeating: "0", count: max(0, digits - fraction.count)))\(fraction)"
}

/// A proportion, 0...1: `84.6 %`. Only what is complete is shown as 100 %, only nothing as 0 %.
func percent(_ proportion: Double) -> String {
    "\(percentDigits(proportion)) %"
}

/// `70.3 to 92.8 %`.
func percent(_ low: Double, to high: Double) -> String {
    "\(percentDigits(low)) to \(percentDigits(high)) %"
}

private func percentDigits(_ proportion: Double) -> String {
    let text = fixed(proportion * 100, digits: 1)
    if text == "100.0", proportion < 1 { return "99.9" }
    if text == "0.0", proportion > 0 { return "0.1" }
    return text
}

/// A distance, with four significant digits.
func distanceText(_ distance: Float) -> String {
    let size = abs(Double(distance))
    guard size != 0 else { return "0" }
    guard size >= 1e-4, size < 1e6 else { return "\(distance)" }
    return fixed(Double(distance), digits: max(0, 3 - Int(floor(log10(size)))))
}

/// A time: `4.2 s`, `38 s`, `1.5 min`, `2.0 h`.
func duration(_ seconds: Double) -> String {
    if seconds < 60 { return "\(fixed(seconds, digits: seconds < 10 ? 1 : 0)) s" }
    return seconds < 3600
        ? "\(fixed(seconds / 60, digits: 1)) min" : "\(fixed(seconds / 3600, digits: 1)) h"
}
