import AkinBasics
import Foundation

/// Text with everything that HTML gives a meaning made harmless, in content as in quoted attributes.
func escaped(_ text: String) -> String {
    var result = ""
    for character in printable(text).unicodeScalars {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        // No characters to XML, which SVG is.
        case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
        default: result.unicodeScalars.append(character)
        }
    }
    return result
}

/// The same, with numbers kept beside their units.
func unbroken(_ text: String) -> String { escaped(text).replacing(" %", with: "&nbsp;%") }

/// A whole document around `body`, which is HTML; needs nothing beside itself, and runs no script but the one that it is
/// given.
func document(title: String, body: String, moreStyle: String = "", script: PageScript? = nil) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'\(script?.permission ?? "")">
    <title>\(escaped(title))</title>
    <style>
    \(style)\(moreStyle)
    </style>
    </head>
    <body>
    \(body)\(script?.element ?? "")
    </body>
    </html>

    """
}

/// A program of JavaScript at the end of a page. A browser runs it and no other, for the page names its sum (Content Security
/// Policy, level 3).
struct PageScript {
    private let text: String

    /// The text must be the program's own: nothing in it is made harmless.
    init(_ text: String) { self.text = text }

    fileprivate var element: String { "\n<script>\(text)</script>" }

    fileprivate var permission: String {
        "; script-src 'sha256-\(Data(SHA256(of: Array(text.utf8)).bytes).base64EncodedString())'"
    }
}

/// What a page's script reads: a JSON document that can neither end the element in which it stands nor be taken for part of
/// another.
func dataElement(id: String, _ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    let harmless = ["<", ">", "&", "'"].reduce(text) { text, character in
        text.replacing(character, with: "\\u00" + String(Character(character).asciiValue ?? 0, radix: 16))
    }
    return "<script type=\"application/json\" id=\"\(id)\">\(harmless)</script>"
}

private let style = """
    :root {
      color-scheme: light dark;
      --ink: #1b1b1b; --quiet: #5c5c5c; --line: #c9c9c9; --page: #fff; --card: #f6f5f2; --mat: #e4e2dc;
      --right: #17663a; --wrong: #a3241b; --share: #2f7fb5; --track: #dedbd3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #ececec; --quiet: #a9a9a9; --line: #4a4a4a; --page: #161616; --card: #222; --mat: #3a3a3a;
        --right: #6fce98; --wrong: #ff8a7d; --share: #4a9fd8; --track: #3f3f3f;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--page); color: var(--ink);
      font: 1rem/1.4 system-ui, sans-serif; overflow-wrap: anywhere;
    }
    h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
    h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem; }
    p { margin: .3rem 0; }
    .quiet, figcaption small { color: var(--quiet); }
    .right { color: var(--right); }
    .wrong { color: var(--wrong); }
    h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
    ul { margin: .3rem 0; padding-left: 1.2rem; }
    .small, td small { font-size: .85rem; }
    .large { font-size: 1.3rem; }
    .answer { padding: 1rem; }
    pre {
      margin: .2rem 0 .8rem; padding: .5rem .7rem; background: var(--card); border: 1px solid var(--line);
      border-radius: .4rem; white-space: pre-wrap; font-size: .9rem;
    }
    .bar { display: block; width: 100%; height: .75rem; margin: .3rem 0; }
    .track { fill: var(--track); }
    .share { fill: var(--share); }
    .range { fill: var(--ink); }
    .wide { width: 100%; table-layout: fixed; }
    .wide .number { width: 5.5rem; }
    .wide .bars { width: 36%; }
    .wide td { overflow-wrap: anywhere; }
    summary { margin: .5rem 0; cursor: pointer; }
    .bars small { color: var(--quiet); }
    .chosen td { font-weight: 600; background: var(--card); }
    .facts th { vertical-align: top; white-space: nowrap; }
    .facts td { overflow-wrap: anywhere; }
    .classes {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: .7rem;
    }
    .classes .card > p:last-child { margin-bottom: 0; }
    .strip { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .3rem; }
    .few { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .trio { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem; }
    .table { overflow-x: auto; }
    table { border-collapse: collapse; overflow-wrap: break-word; }
    th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
    th { font-weight: 600; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .cards {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); gap: .8rem;
    }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem; }
    .card > p:first-child { margin-top: 0; }
    .pair { display: grid; grid-template-columns: 1fr 1fr; gap: .7rem; }
    .row { display: flex; flex-wrap: wrap; gap: .7rem; }
    .row figure { width: 7rem; }
    @media (max-width: 40rem) {
      body { padding: .6rem; }
      table { font-size: .85rem; }
      th, td { padding-right: .5rem; }
      .wide tr { display: grid; grid-template-columns: 4rem 1fr 4rem; border-bottom: 1px solid var(--line); }
      .wide th, .wide td, .wide .number, .wide .bars { width: auto; border: 0; padding-right: 0; }
      .wide td:first-child { grid-column: 1 / -1; padding-bottom: 0; }
      .wide td:nth-child(2) { text-align: left; }
      .wide tr:first-child { display: none; }
      .row { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); }
      .row figure { width: auto; }
    }
    .rows { display: grid; gap: .8rem; }
    figure { margin: 0; }
    figcaption { font-size: .85rem; line-height: 1.3; margin-top: .3rem; }
    .picture {
      display: flex; align-items: center; justify-content: center; width: 100%; aspect-ratio: 1;
      background: var(--mat); padding: .3rem;
    }
    .picture img { width: 100%; height: 100%; object-fit: contain; }
    .tiny img { image-rendering: pixelated; }
    .missing { border: 1px dashed var(--quiet); font-size: .85rem; text-align: center; color: var(--quiet); }
    @page { margin: 1.5cm; }
    @media print {
      :root { --ink: #000; --quiet: #444; --page: #fff; --card: #fff; --mat: #fff; --line: #999;
        --right: #17663a; --wrong: #a3241b; --share: #7fb2d4; --track: #e4e4e4; color-scheme: light; }
      html { font-size: 80%; }
      body { padding: 0; }
      .cards { grid-template-columns: 1fr 1fr; }
      .classes { grid-template-columns: 1fr 1fr 1fr; }
      .rows { display: block; }
      .rows .card { margin-bottom: .5rem; }
      .card { padding: .4rem; }
      .row { display: flex; }
      .row figure { width: 7rem; }
      .card, tr { break-inside: avoid; }
      h2, h3, h2 + p { break-after: avoid; }
      summary { display: none; }
      ::details-content { display: block; content-visibility: visible; }
    }
    """
