#!/usr/bin/env python3
"""Labels through LibreOffice and back: what `akin index export INDEX labels.csv` writes is opened as a spreadsheet,
saved, turned into CSV again, and given to `akin index relabel --from`. No label may have changed on the way, and no
cell may be a formula.

    python3 Tools/peers/spreadsheet_round_trip.py [--akin .build/release/akin]

Needs LibreOffice (`apt-get install libreoffice-calc-nogui`) and the built `akin`; no package of Python.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile, zipfile

LABELS = [
    "007", "3/4", "1E5", "=1+1", "Käse; grün", "Straße", "ÄÖÜ äöü", "a, b", 'say "so"', "+49 30", "-1", "@home", "1.5",
    "1,5", "12:30", "2024-03-01", "1. März", "MAR1", "SEPT2", "TRUE", "wahr", "1e-3", "0", "12345678901234567890", "$3",
    "50%", "(5)", "'s-Hertogenbosch", "'007", "''", "#NAME?", "=HYPERLINK(\"http://x\")",
    "印章", "Σφραγίς", "مهر", "e\u0301", "0x1F", "1/2 page", "III", "x\u00a0y",
]
# Separator (its character's code), text mark, UTF-8, first line, then formats of columns, the language, quote all,
# detect numbers and dates: LibreOffice's own words for the CSV filter.
WAYS = {"as texts": "44,34,76,1,,{},false,false", "numbers detected": "44,34,76,1,,{},false,true"}
LANGUAGES = {"en-US": 1033, "de-DE": 1031, "fr-FR": 1036}


def png(path, shade):
    """A small grey picture, each of its own content."""
    import struct, zlib
    side = 12
    rows = b"".join(b"\0" + bytes((x * y * 7 + shade * 13 + x * shade) % 256 for x in range(side)) for y in range(side))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def convert(folder, file, kind, reading=None, writing=None):
    words = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    if reading:
        words.append("--infilter=CSV:" + reading)
    words += ["--convert-to", kind + (":" + writing if writing else ""), "--outdir", os.path.join(folder, kind), file]
    run(*words, timeout=300)
    return os.path.join(folder, kind, os.path.splitext(os.path.basename(file))[0] + "." + kind)


def formulas(file):
    """How many cells of a saved spreadsheet are formulas."""
    with zipfile.ZipFile(file) as archive:
        names = [n for n in archive.namelist() if re.search(r"(sheets/sheet\d+|content)\.xml$", n)]
        texts = [archive.read(name).decode() for name in names]
    assert texts, "no sheet in " + file
    return sum(len(re.findall(r"<f[ >]|table:formula=", text)) for text in texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--akin", default=".build/release/akin")
    akin = os.path.abspath(parser.parse_args().akin)
    if not shutil.which("soffice"):
        sys.exit("LibreOffice is not installed; apt-get install libreoffice-calc-nogui")
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        index = os.path.join(folder, "index")
        run(akin, "index", "create", index, "--backbone", "pixels")
        for number, label in enumerate(LABELS):
            for second in range(2):
                path = os.path.join(folder, f"{number}-{second}.png")
                png(path, 2 * number + second)
                run(akin, "index", "add", index, path, "--label=" + label)
        stored = lambda: {i["source"]: i["label"] for i in map(json.loads, run(akin, "index", "list", index, "--json").splitlines())}
        before = stored()
        table = os.path.join(folder, "labels.csv")
        run(akin, "index", "export", index, table)
        for kind in ["xlsx", "ods"]:
            for way, words in WAYS.items():
                for language, code in LANGUAGES.items():
                    sheet = convert(folder, table, kind, reading=words.format(code))
                    found = formulas(sheet)
                    back = convert(folder, sheet, "csv", writing="Text - txt - csv (StarCalc):44,34,76,1")
                    told = subprocess.run([akin, "index", "relabel", index, "--from", back, "--json"], capture_output=True, text=True)
                    same = stored() == before
                    ok = told.returncode == 0 and same and found == 0
                    bad += not ok
                    print(f"{kind}, {way}, {language}: {len(before)} labels, {'as they were' if same else 'CHANGED'}, "
                          f"{found} formulas" + ("" if told.returncode == 0 else ": " + told.stderr.strip()[:300]))
                    for name in (sheet, back):
                        os.remove(name)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
