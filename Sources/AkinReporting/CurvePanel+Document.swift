extension CurvePanel {
    /// A picture that needs nothing beside itself: a title, a line that sums it up, and drawn panels below.
    static func document(
        title: String, summary: String, width: Double, height: Double, panels: [String]
    ) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
        viewBox="0 0 \(Int(width)) \(Int(height))" font-family="system-ui, sans-serif" font-size="12" \
        fill="#1b1b1b" role="img">
        <title>\(escaped(title))</title>
        <style>.quiet { fill: #5c5c5c; }</style>
        <rect width="100%" height="100%" fill="#ffffff"/>
        <text x="24" y="36" font-size="20" font-weight="600">\(escaped(title))</text>
        <text x="24" y="60" font-size="13" class="quiet">\(escaped(summary))</text>
        \(panels.joined(separator: "\n"))
        </svg>

        """
    }
}
