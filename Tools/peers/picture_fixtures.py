#!/usr/bin/env python3
# pip install Pillow==13.0.0 tifffile==2026.3.3 imagecodecs==2026.3.6 pillow_heif==1.8.1 numpy
# apt-get install imagemagick libheif-examples libopenjp2-tools libtiff-tools
# python3 Tools/peers/picture_fixtures.py   (writes Tests/Fixtures/pictures)
"""Small pictures in all variants of the formats that Akin reads, and what other programs read in them.

variants.json lists them: file, format, page, and of the picture as it is to be seen width, height, channels and bits,
where its samples begin in expected.zlib once that is unpacked (16 bits little-endian), and how far a sample may be off.
What is transparent has been laid on white. Greys are one channel where Akin keeps one.

Pillow reads them, except where it is wrong or gives up: it makes 8 bits of RGB with 16 (tifffile and imagecodecs keep
them), takes no notice of where float or signed numbers begin and end, and reads no 10, 12 or 14 bits in TIFF. What such
numbers become is Akin's rule, applied here to tifffile's: the whole range of 16 bits for the whole range of the file's.
HEIC and AVIF are read by heif-convert with Debian 12's libheif 1.15.1.
"""

import io
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageCms, ImageDraw, ImageOps, PngImagePlugin, TiffImagePlugin

FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/pictures"
WIDTH, HEIGHT = 24, 17
WORK = Path(tempfile.mkdtemp())

variants, samples = [], bytearray()
places = {}


def base():
    """Smooth colours, a few shapes with edges, no symmetry."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    rgb = np.stack([40 + 8 * x, 250 - 9 * y, 60 + 4 * x + 5 * y], 2).clip(0, 255).astype(np.uint8)
    image = Image.fromarray(rgb)
    draw = ImageDraw.Draw(image)
    draw.rectangle([3, 2, 7, 12], fill=(20, 20, 30))
    draw.rectangle([3, 10, 14, 12], fill=(20, 20, 30))
    draw.ellipse([15, 3, 21, 8], fill=(230, 210, 120))
    return np.asarray(image)


RGB = base()
GREY = np.asarray(Image.fromarray(RGB).convert("L"))
BILEVEL = GREY > 128
ALPHA = np.clip(np.mgrid[0:HEIGHT, 0:WIDTH][1] * 13, 0, 255).astype(np.uint8)
ALPHA[2:5, 2:9] = 0
RGBA = np.dstack([RGB, ALPHA])
# 16 bits of which the low 8 are not those of the high 8.
RGB16 = (RGB.astype(np.uint16) * 256 + RGB[::-1, ::-1].astype(np.uint16) * 3 // 4).clip(0, 65535).astype(np.uint16)
GREY16 = RGB16[:, :, 0] // 2 + RGB16[:, :, 1] // 2
ALPHA16 = ALPHA.astype(np.uint16) * 257


def wide(array, most):
    """0...most over the whole range of 8 or 16 bits."""
    top = 255 if most <= 255 else 65535
    return ((array.astype(np.uint64) * top + most // 2) // most).astype(np.uint8 if top == 255 else np.uint16)


def on_white(array):
    """(..., 2 or 4 channels) on white."""
    top = 255 if array.dtype == np.uint8 else 65535
    colours, alpha = array[..., :-1].astype(np.int64), array[..., -1:].astype(np.int64)
    return ((colours * alpha + top * (top - alpha) + top // 2) // top).astype(array.dtype)


def add(file, format, array, tolerance=0, page=0):
    """A file of FOLDER, and what is to be seen in it."""
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[..., None]
    if array.shape[2] in (2, 4):
        array = on_white(array)
    assert array.dtype in (np.uint8, np.uint16) and array.shape[2] in (1, 3), (file, array.dtype, array.shape)
    raw = array.astype("<u2" if array.dtype == np.uint16 else np.uint8).tobytes()
    if raw not in places:
        places[raw] = len(samples)
        samples.extend(raw)
    assert (FOLDER / file).stat().st_size > 0
    variants.append(dict(
        file=file, format=format, page=page, width=array.shape[1], height=array.shape[0], channels=array.shape[2],
        bits=16 if array.dtype == np.uint16 else 8, start=places[raw], tolerance=tolerance))


def pillow(file, mode=None, page=0):
    """As Pillow reads and turns it, in 8 bits or 16."""
    with Image.open(FOLDER / file) as image:
        image.seek(page)
        image = ImageOps.exif_transpose(image)
        if mode:
            image = image.convert(mode)
        elif image.mode == "1":
            image = image.convert("L")
        elif image.mode in ("P", "CMYK", "YCbCr"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        array = np.array(image)
        if image.mode.startswith("I"):
            array = array.astype(np.uint16)
        return array


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def convert(array, file, *options, depth=None):
    """Writes it by ImageMagick."""
    source = WORK / "source.png"
    source.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(array)))
    run("convert", source, "-strip", *options, FOLDER / file)


# MARK: JPEG


def jpeg():
    def saved(name, mode="RGB", **options):
        image = Image.fromarray(RGB).convert(mode)
        image.save(FOLDER / name, **{"quality": 90} | options)
        add(name, "JPEG", pillow(name), tolerance=2)

    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        saved(f"jpeg-{name}.jpg", subsampling=subsampling)
    saved("jpeg-grey.jpg", "L")
    saved("jpeg-progressive.jpg", progressive=True)
    saved("jpeg-progressive-grey.jpg", "L", progressive=True)
    saved("jpeg-optimized.jpg", optimize=True)
    saved("jpeg-poor.jpg", quality=15)
    saved("jpeg-restarts.jpg", restart_marker_blocks=2)
    saved("jpeg-rgb.jpg", keep_rgb=True)
    saved("jpeg-cmyk.jpg", "CMYK")
    convert(RGB, "jpeg-arithmetic.jpg", "-quality", "90", "-define", "jpeg:arithmetic-coding=true")
    add("jpeg-arithmetic.jpg", "JPEG", pillow("jpeg-arithmetic.jpg"), tolerance=2)
    convert(RGB, "jpeg-440.jpg", "-quality", "90", "-sampling-factor", "1x2")
    add("jpeg-440.jpg", "JPEG", pillow("jpeg-440.jpg"), tolerance=2)
    # Without its end marker; Pillow refuses it, and reads the same with the marker.
    whole = (FOLDER / "jpeg-444.jpg").read_bytes()
    (FOLDER / "jpeg-no-end.jpg").write_bytes(whole[:-2])
    add("jpeg-no-end.jpg", "JPEG", pillow("jpeg-444.jpg"), tolerance=2)


# MARK: PNG


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_file(bits, colour, rows, before=b""):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour, 0, 0, 0))
            + before + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def packed(values, bits):
    """Rows of numbers of `bits` bits, the highest first."""
    return [row.tobytes() for row in np.stack([
        np.packbits(((row[:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8).ravel()) for row in values])]


def png():
    def written(name, content, array, format="PNG"):
        (FOLDER / name).write_bytes(content)
        add(name, format, array)

    for bits in (1, 2, 4):
        values = GREY.astype(int) >> (8 - bits)
        name = f"png-grey-{bits}.png"
        (FOLDER / name).write_bytes(png_file(bits, 0, packed(values, bits)))
        add(name, "PNG", pillow(name, "L"))
    for name, array in (("grey", GREY), ("grey-alpha", np.dstack([GREY, ALPHA])), ("rgb", RGB), ("rgba", RGBA)):
        Image.fromarray(array).save(FOLDER / f"png-{name}.png")
        add(f"png-{name}.png", "PNG", pillow(f"png-{name}.png"), tolerance=1 if "a" in name else 0)
    for name, array in (("grey", GREY16), ("grey-alpha", np.dstack([GREY16, ALPHA16])), ("rgb", RGB16),
                        ("rgba", np.dstack([RGB16, ALPHA16]))):
        content = imagecodecs.png_encode(array)
        written(f"png-{name}-16.png", content, imagecodecs.png_decode(content))
    for bits in (1, 2, 4, 8):
        image = Image.fromarray(RGB).quantize(1 << bits)
        image.save(FOLDER / f"png-palette-{bits}.png", bits=bits)
        add(f"png-palette-{bits}.png", "PNG", pillow(f"png-palette-{bits}.png"))
    image = Image.fromarray(RGB).quantize(16)
    image.save(FOLDER / "png-palette-transparent.png", bits=4, transparency=bytes(range(0, 256, 16)))
    add("png-palette-transparent.png", "PNG", pillow("png-palette-transparent.png"), tolerance=1)
    Image.fromarray(GREY).save(FOLDER / "png-grey-transparent.png", transparency=int(GREY[3, 4]))
    add("png-grey-transparent.png", "PNG", pillow("png-grey-transparent.png", "LA"))
    Image.fromarray(RGB).save(FOLDER / "png-rgb-transparent.png", transparency=tuple(int(v) for v in RGB[3, 4]))
    add("png-rgb-transparent.png", "PNG", pillow("png-rgb-transparent.png", "RGBA"))
    for name, array in (("rgb", RGB), ("rgb-16", RGB16), ("grey-1", BILEVEL.astype(np.uint8) * 255)):
        options = ("-depth", "1", "-type", "bilevel") if name == "grey-1" else ()
        convert(array, f"png-interlaced-{name}.png", "-interlace", "PNG", *options)
        add(f"png-interlaced-{name}.png", "PNG", array)
    # 10 bits in a file of 16, which says so.
    values = GREY16 >> 6
    content = png_file(16, 0, [row.astype(">u2").tobytes() for row in values], chunk(b"sBIT", b"\x0a"))
    written("png-10-of-16.png", content, imagecodecs.png_decode(content))


# MARK: TIFF


def tiff_file(data, colours, tags):
    """One strip; with a palette where there are colours."""
    tags = {256: WIDTH, 257: HEIGHT, 259: 1, 273: 0, 277: 1, 278: HEIGHT, 279: len(data)} | tags
    if len(colours):
        tags[320] = 0
    start = 8 + 2 + 12 * len(tags) + 4
    tags[273] = start + 2 * len(colours)

    def entry(tag, value):
        if tag == 320:
            return struct.pack("<HHII", tag, 3, len(colours), start)
        if tag in (273, 279):
            return struct.pack("<HHII", tag, 4, 1, value)
        value = value if isinstance(value, tuple) else (value,)
        return struct.pack("<HHIHH", tag, 3, len(value), *(value + (0,))[:2])

    entries = b"".join(entry(tag, value) for tag, value in sorted(tags.items()))
    return (b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0\0\0\0"
            + np.asarray(colours, "<u2").tobytes() + data)


def tiff():
    def written(name, array, expected=None, tolerance=0, **options):
        file = f"tiff-{name}.tif"
        tifffile.imwrite(FOLDER / file, array, metadata=None, software=False, **options)
        if expected is None:
            expected = tifffile.imread(FOLDER / file)
        add(file, "TIFF", expected, tolerance)

    grey = dict(photometric="minisblack")
    rgb = dict(photometric="rgb")
    # Compressions, in strips and in tiles.
    for compression in ("none", "lzw", "deflate", "adobe_deflate", "packbits", "lzma", "zstd"):
        extra = {} if compression == "none" else dict(compression=compression)
        written(f"rgb-{compression}", RGB, rowsperstrip=5, **rgb, **extra)
        written(f"rgb-{compression}-tiles", RGB, tile=(16, 16), **rgb, **extra)
    written("grey-lzw-one-strip", GREY, compression="lzw", **grey)
    written("rgb-lzw-predicted", RGB, compression="lzw", predictor=2, **rgb)
    written("rgb-16-deflate-predicted", RGB16, compression="adobe_deflate", predictor=2, **rgb)
    written("rgb-16-predicted-big-endian", RGB16, compression="lzw", predictor=2, byteorder=">", **rgb)
    for quality in (60, 90):
        for tiles in ({}, dict(tile=(16, 16))):
            name = f"jpeg-{quality}{'-tiles' if tiles else ''}"
            written(name, RGB, None, 2, compression="jpeg", compressionargs=dict(level=quality), **rgb, **tiles)
            variants[-1:] = []
            add(f"tiff-{name}.tif", "TIFF", pillow(f"tiff-{name}.tif"), 2)
    written("jpeg-grey", GREY, None, 2, compression="jpeg", compressionargs=dict(level=90), **grey)
    Image.fromarray(RGB).save(FOLDER / "tiff-jpeg-420.tif", compression="jpeg", quality=90)
    add("tiff-jpeg-420.tif", "TIFF", pillow("tiff-jpeg-420.tif"), 2)
    run("tiffcp", "-c", "jpeg:90", "-r", "16", FOLDER / "tiff-rgb-none.tif", FOLDER / "tiff-jpeg-ycc.tif")
    add("tiff-jpeg-ycc.tif", "TIFF", pillow("tiff-jpeg-ycc.tif"), 2)
    written("webp", RGB, None, 2, compression="webp", compressionargs=dict(level=90), **rgb)
    bilevel = Image.fromarray(BILEVEL)
    for compression in ("group3", "group4", "tiff_ccitt", "packbits", "raw"):
        bilevel.save(FOLDER / f"tiff-bilevel-{compression}.tif", compression=compression)
        add(f"tiff-bilevel-{compression}.tif", "TIFF", pillow(f"tiff-bilevel-{compression}.tif"))
    source = FOLDER / "tiff-bilevel-raw.tif"
    for name, options in (("g3-2d", ("-c", "g3:2d:fill")), ("g4-reversed", ("-c", "g4", "-f", "lsb2msb")),
                          ("raw-reversed", ("-c", "none", "-f", "lsb2msb")), ("g4-tiles", ("-c", "g4", "-t", "-w", "16", "-l", "16")),
                          ("g4-strips", ("-c", "g4", "-r", "4"))):
        run("tiffcp", *options, source, FOLDER / f"tiff-bilevel-{name}.tif")
        add(f"tiff-bilevel-{name}.tif", "TIFF", pillow(f"tiff-bilevel-{name}.tif"))
    # Depths.
    for bits in (2, 4, 6, 10, 12, 14):
        values = (GREY16 >> (16 - bits)).astype(np.uint8 if bits < 8 else np.uint16)
        written(f"grey-{bits}", values, wide(values, (1 << bits) - 1), bitspersample=bits, **grey)
    values = RGB16 >> 4
    written("rgb-12", values, wide(values, 4095), bitspersample=12, **rgb)
    # tifffile would pack exchanged bytes.
    run("tiffcp", "-B", FOLDER / "tiff-rgb-12.tif", FOLDER / "tiff-rgb-12-big-endian.tif")
    add("tiff-rgb-12-big-endian.tif", "TIFF", wide(values, 4095))
    written("rgb-10-tiles", values >> 2, wide(values >> 2, 1023), bitspersample=10, tile=(16, 16), **rgb)
    for order, name in (("<", "little"), (">", "big")):
        written(f"grey-8-{name}-endian", GREY, byteorder=order, **grey)
        written(f"grey-16-{name}-endian", GREY16, byteorder=order, **grey)
        written(f"rgb-16-{name}-endian", RGB16, byteorder=order, **rgb)
        written(f"bigtiff-{name}-endian", RGB, byteorder=order, bigtiff=True, **rgb)
        written(f"bigtiff-16-tiles-{name}-endian", RGB16, byteorder=order, bigtiff=True, tile=(16, 16), **rgb)
        ramp = (GREY16 / 65535).astype(np.float32)
        written(f"float-32-{name}-endian", ramp, np.round(ramp.astype(float) * 65535).astype(np.uint16), byteorder=order, **grey)
    written("float-16", ramp.astype(np.float16), np.round(ramp.astype(np.float16).astype(float) * 65535).astype(np.uint16), **grey)
    written("float-64", ramp.astype(float), np.round(ramp.astype(float) * 65535).astype(np.uint16), **grey)
    written("float-0-to-255", GREY.astype(np.float32), wide(GREY, 255).astype(np.uint16) * 257, **grey)
    stretched = GREY.astype(np.float32) - 100
    low, high = float(stretched.min()), float(stretched.max())
    written("float-signed", stretched, np.round((stretched.astype(float) - low) / (high - low) * 65535).astype(np.uint16), 1, **grey)
    written("float-predicted", ramp, np.round(ramp.astype(float) * 65535).astype(np.uint16), compression="adobe_deflate", predictor=3, **grey)
    colours = (RGB / 255).astype(np.float32)
    written("float-rgb", colours, np.round(colours.astype(float) * 65535).astype(np.uint16), **rgb)
    written("uint-32", GREY16.astype(np.uint32), GREY16, **grey)
    written("int-8", (GREY.astype(int) - 128).astype(np.int8), GREY, **grey)
    written("int-16", (GREY16.astype(int) - 32768).astype(np.int16), GREY16, **grey)
    positive = (GREY16 >> 1).astype(np.int16)
    written("int-16-positive", positive, wide(positive, 32767), **grey)
    # Colours.
    written("white-is-zero", 255 - GREY, GREY, photometric="miniswhite")
    written("white-is-zero-16", 65535 - GREY16, GREY16, photometric="miniswhite")
    bilevel.save(FOLDER / "tiff-bilevel-white-is-zero.tif", tiffinfo={262: 0}, compression="group4")
    add("tiff-bilevel-white-is-zero.tif", "TIFF", pillow("tiff-bilevel-white-is-zero.tif"))
    planes = np.moveaxis(RGB, 2, 0).copy()
    planes16 = np.moveaxis(RGB16, 2, 0).copy()
    separate = dict(photometric="rgb", planarconfig="separate")
    for name, array, options in (
            ("8", planes, {}), ("16", planes16, {}), ("lzw", planes, dict(compression="lzw", rowsperstrip=17)),
            ("tiles", planes, dict(tile=(16, 16), compression="adobe_deflate")), ("16-tiles", planes16, dict(tile=(16, 16)))):
        written(f"separate-{name}", array, np.moveaxis(array, 0, 2), **separate, **options)
    for bits in (1, 2, 4, 8):
        image = Image.fromarray(RGB).quantize(1 << bits)
        name = f"tiff-palette-{bits}.tif"
        if bits == 8:
            image.save(FOLDER / name)
        else:
            colours = np.zeros((3, 1 << bits), np.uint16)
            table = np.array(image.getpalette()[:3 << bits]).reshape(-1, 3)
            colours[:, :len(table)] = table.T * 257
            rows = b"".join(packed(np.asarray(image).astype(int), bits))
            (FOLDER / name).write_bytes(tiff_file(rows, colours.ravel(), {258: bits, 262: 3}))
        add(name, "TIFF", np.asarray(image.convert("RGB")))
    cmyk = np.array(Image.fromarray(RGB).convert("CMYK"))
    cmyk[..., 3] = 255 - GREY[::-1] // 2 - 100
    written("cmyk", cmyk, np.array(Image.frombytes("CMYK", (WIDTH, HEIGHT), cmyk.tobytes()).convert("RGB")), 1, photometric="separated")
    inks = cmyk.astype(np.uint64) * 257
    light = (65535 - inks[..., :3]) * (65535 - inks[..., 3:])
    written("cmyk-16", inks.astype(np.uint16), ((light + 32767) // 65535).astype(np.uint16), photometric="separated")
    ycc = np.array(Image.fromarray(RGB).convert("YCbCr"))
    padded = np.pad(ycc, ((0, 1), (0, 0), (0, 0)), "edge").reshape(-1, 2, WIDTH // 2, 2, 3).swapaxes(1, 2)
    units = np.concatenate([padded[..., 0].reshape(*padded.shape[:2], 4), padded[:, :, 0, 0, 1:]], 2)
    (FOLDER / "tiff-ycc-420.tif").write_bytes(
        tiff_file(zlib.compress(units.tobytes()), [], {258: 8, 259: 8, 262: 6, 277: 3, 530: (2, 2), 531: 1}))
    add("tiff-ycc-420.tif", "TIFF", pillow("tiff-ycc-420.tif", "RGB"), 1)
    written("ycc-444-lzw", ycc, RGB, 2, photometric="ycbcr", compression="lzw")
    variants[-1:] = []
    add("tiff-ycc-444-lzw.tif", "TIFF", pillow("tiff-ycc-444-lzw.tif", "RGB"), 1)
    lab = np.array(ImageCms.applyTransform(Image.fromarray(RGB), ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")))
    # Where it came from: 8 bits of Lab are up to 5 levels off, the way back by lcms2 up to 14.
    written("lab", lab, RGB, 5, photometric="cielab", extrasamples=())
    # Alpha.
    for name, array, kind in (("alpha", RGBA, "unassalpha"), ("alpha-16", np.dstack([RGB16, ALPHA16]), "unassalpha"),
                              ("grey-alpha", np.dstack([GREY, ALPHA]), "unassalpha")):
        options = rgb if "grey" not in name else grey
        written(name, array, None, 1, extrasamples=[kind], **options)
    multiplied = (RGB.astype(int) * ALPHA[..., None] + 127) // 255
    written("alpha-multiplied", np.dstack([multiplied.astype(np.uint8), ALPHA]), RGBA, 1, extrasamples=["assocalpha"], **rgb)
    written("alpha-separate-tiles", np.moveaxis(RGBA, 2, 0).copy(), RGBA, 1, extrasamples=["unassalpha"], tile=(16, 16), **separate)
    written("fifth-sample", np.dstack([RGB, GREY[::-1], GREY]), RGB, extrasamples=["unspecified", "unspecified"], **rgb)
    # Pages, and what is no page.
    with tifffile.TiffWriter(FOLDER / "tiff-pages.tif") as writer:
        for array, options in ((RGB, rgb), (GREY16[:, :20].copy(), grey), (GREY[:9].copy(), dict(photometric="minisblack", compression="lzw"))):
            writer.write(array, metadata=None, software=False, **options)
    add("tiff-pages.tif", "TIFF", RGB)
    add("tiff-pages.tif", "TIFF", GREY16[:, :20], page=1)
    add("tiff-pages.tif", "TIFF", GREY[:9], page=2)
    with tifffile.TiffWriter(FOLDER / "tiff-reduced.tif", byteorder=">") as writer:
        writer.write(RGB, subfiletype=0, metadata=None, software=False, **rgb)
        writer.write(RGB[::2, ::2].copy(), subfiletype=1, metadata=None, software=False, **rgb)
        writer.write(RGB[::-1].copy(), subfiletype=0, metadata=None, software=False, **rgb)
    add("tiff-reduced.tif", "TIFF", RGB[::-1], page=1)


# MARK: WebP


def webp():
    def saved(name, array, tolerance, **options):
        Image.fromarray(array).save(FOLDER / name, **options)
        add(name, "WebP", pillow(name), tolerance)

    saved("webp-lossy.webp", RGB, 2, quality=80)
    saved("webp-poor.webp", RGB, 2, quality=5)
    saved("webp-lossless.webp", RGB, 0, lossless=True)
    saved("webp-near-lossless.webp", RGB, 0, lossless=True, quality=40, method=6)
    saved("webp-lossy-alpha.webp", RGBA, 2, quality=80)
    saved("webp-lossless-alpha.webp", RGBA, 1, lossless=True, exact=True)
    saved("webp-lossy-poor-alpha.webp", RGBA, 2, quality=80, alpha_quality=20)
    frames = [Image.fromarray(RGB), Image.fromarray(RGB[::-1].copy())]
    frames[0].save(FOLDER / "webp-animation.webp", save_all=True, append_images=frames[1:], lossless=True)
    add("webp-animation.webp", "WebP", pillow("webp-animation.webp", "RGBA"))
    frames = [Image.fromarray(RGBA), Image.fromarray(RGBA[::-1].copy())]
    frames[0].save(FOLDER / "webp-animation-alpha.webp", save_all=True, append_images=frames[1:], lossless=True, exact=True)
    add("webp-animation-alpha.webp", "WebP", pillow("webp-animation-alpha.webp", "RGBA"), 1)
    # A first frame that does not cover its canvas, put together by hand.
    inner = (FOLDER / "webp-lossless.webp").read_bytes()[12:]
    frame = struct.pack("<I", 3)[:3] + struct.pack("<I", 2)[:3] + struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3] \
        + struct.pack("<I", 100)[:3] + b"\0" + inner
    canvas = b"\x12\0\0\0" + struct.pack("<I", 39)[:3] + struct.pack("<I", 29)[:3]
    content = b"WEBP"
    for kind, payload in ((b"VP8X", canvas), (b"ANIM", b"\0\0\0\0\0\0"), (b"ANMF", frame)):
        content += kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
    (FOLDER / "webp-frame-on-canvas.webp").write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)
    add("webp-frame-on-canvas.webp", "WebP", pillow("webp-frame-on-canvas.webp", "RGBA"), 0)


# MARK: JPEG 2000


def box(kind, content):
    return struct.pack(">I", 8 + len(content)) + kind + content


def jp2_file(codestream, components, bits, *boxes, space=16, height=HEIGHT):
    header = struct.pack(">IIHBBBB", height, WIDTH, components, bits - 1, 7, 0, 0)
    colour = b"\x01\0\0" + struct.pack(">I", space)
    return (box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
            + box(b"jp2h", box(b"ihdr", header) + box(b"colr", colour) + b"".join(boxes)) + box(b"jp2c", codestream))


def jpeg2000():
    def written(name, array, expected, tolerance=0, **options):
        file = f"jpeg2000-{name}"
        (FOLDER / file).write_bytes(imagecodecs.jpeg2k_encode(array, **options))
        add(file, "JPEG 2000", expected, tolerance)

    whole = dict(level=0, reversible=True)
    written("rgb.jp2", RGB, RGB, codecformat="jp2", **whole)
    written("rgb.j2k", RGB, RGB, codecformat="j2k", **whole)
    written("grey.jp2", GREY, GREY, codecformat="jp2", **whole)
    written("grey.j2k", GREY, GREY, codecformat="j2k", **whole)
    written("grey-16.jp2", GREY16, GREY16, codecformat="jp2", **whole)
    written("rgb-16.jp2", RGB16, RGB16, codecformat="jp2", **whole)
    written("rgb-16.j2k", RGB16, RGB16, codecformat="j2k", **whole)
    values = RGB16 >> 4
    written("rgb-12.jp2", values, wide(values, 4095), codecformat="jp2", bitspersample=12, **whole)
    written("grey-10.jp2", GREY16 >> 6, wide(GREY16 >> 6, 1023), codecformat="jp2", bitspersample=10, **whole)
    written("grey-4.jp2", GREY >> 4, wide(GREY >> 4, 15), codecformat="jp2", bitspersample=4, **whole)
    written("int-16.jp2", (GREY16.astype(int) - 32768).astype(np.int16), GREY16, codecformat="jp2", **whole)
    written("int-8.j2k", (GREY.astype(int) - 128).astype(np.int8), GREY, codecformat="j2k", **whole)
    for name, options in (("lossy.jp2", dict(irreversible=True, quality_mode="dB", quality_layers=[38])),
                          ("layers.jp2", dict(irreversible=True, quality_mode="rates", quality_layers=[20, 8, 3])),
                          ("tiles.jp2", dict(tile_size=(8, 8), num_resolutions=3)),
                          ("precincts.jp2", dict(precinct_size=(16, 16), codeblock_size=(8, 8), progression="RPCL"))):
        file = f"jpeg2000-{name}"
        Image.fromarray(RGB).save(FOLDER / file, **options)
        add(file, "JPEG 2000", pillow(file), 1)
    for name, array in (("rgba.jp2", RGBA), ("grey-alpha.jp2", np.dstack([GREY, ALPHA]))):
        Image.fromarray(array).save(FOLDER / f"jpeg2000-{name}")
        add(f"jpeg2000-{name}", "JPEG 2000", pillow(f"jpeg2000-{name}"), 1)
    # Without the mark of its end.
    (FOLDER / "jpeg2000-no-end.jp2").write_bytes((FOLDER / "jpeg2000-rgb.jp2").read_bytes()[:-2])
    add("jpeg2000-no-end.jp2", "JPEG 2000", RGB)
    # What opj_compress writes of subsampled hues, as YCC in a file and in a bare codestream.
    ycc = np.array(Image.fromarray(RGB).convert("YCbCr"))
    # It reads no odd height of these.
    ycc = ycc[:16]
    planes = [ycc[..., 0]] + [ycc[..., c][::2, ::2] for c in (1, 2)]
    raw = WORK / "ycc.yuv"
    raw.write_bytes(b"".join(np.ascontiguousarray(plane).tobytes() for plane in planes))
    run("opj_compress", "-i", raw, "-F", f"{WIDTH},16,3,8,u@1x1:2x2:2x2", "-o", FOLDER / "jpeg2000-ycc-420.j2k",
        "-mct", "0", "-n", "3", stdout=subprocess.DEVNULL)
    doubled = np.dstack([planes[0]] + [plane.repeat(2, 0).repeat(2, 1)for plane in planes[1:]])
    expected = np.array(Image.frombytes("YCbCr", (WIDTH, 16), doubled.tobytes()).convert("RGB"))
    add("jpeg2000-ycc-420.j2k", "JPEG 2000", expected, 1)
    (FOLDER / "jpeg2000-ycc-420.jp2").write_bytes(
        jp2_file((FOLDER / "jpeg2000-ycc-420.j2k").read_bytes(), 3, 8, space=18, height=16))
    add("jpeg2000-ycc-420.jp2", "JPEG 2000", expected, 1)
    # A palette.
    image = Image.fromarray(RGB).quantize(16)
    table = np.array(image.getpalette()[:48], np.uint8)
    palette = struct.pack(">HB", 16, 3) + b"\x07" * 3 + table.tobytes()
    mapping = b"".join(struct.pack(">HBB", 0, 1, c) for c in range(3))
    codestream = imagecodecs.jpeg2k_encode(np.asarray(image), codecformat="j2k", bitspersample=8, **whole)
    (FOLDER / "jpeg2000-palette.jp2").write_bytes(
        jp2_file(codestream, 1, 8, box(b"pclr", palette), box(b"cmap", mapping)))
    add("jpeg2000-palette.jp2", "JPEG 2000", np.asarray(image.convert("RGB")))
    # Opacity that the colours were multiplied by, in the first channel.
    multiplied = ((RGB.astype(int) * ALPHA[..., None] + 127) // 255).astype(np.uint8)
    codestream = imagecodecs.jpeg2k_encode(
        np.dstack([ALPHA, multiplied]), codecformat="j2k", mct=False, **whole)
    definitions = struct.pack(">H", 4) + struct.pack(">HHH", 0, 2, 0) + b"".join(
        struct.pack(">HHH", c, 0, c) for c in (1, 2, 3))
    (FOLDER / "jpeg2000-alpha-first.jp2").write_bytes(jp2_file(codestream, 4, 8, box(b"cdef", definitions)))
    add("jpeg2000-alpha-first.jp2", "JPEG 2000", RGBA, 1)


# MARK: GIF


def gif():
    def saved(name, image, mode="RGB", **options):
        image.save(FOLDER / name, **options)
        add(name, "GIF", pillow(name, mode))

    colours = Image.fromarray(RGB).quantize(64)
    saved("gif-interlaced.gif", colours, interlace=True)
    saved("gif-in-order.gif", colours, interlace=False)
    saved("gif-grey.gif", Image.fromarray(GREY))
    saved("gif-bilevel.gif", Image.fromarray(BILEVEL))
    saved("gif-4-colours.gif", Image.fromarray(RGB).quantize(4))
    saved("gif-transparent.gif", colours, "RGBA", transparency=int(np.asarray(colours)[3, 4]), interlace=False)
    saved("gif-transparent-interlaced.gif", colours, "RGBA", transparency=int(np.asarray(colours)[3, 4]), interlace=True)
    frames = [colours, Image.fromarray(RGB[::-1].copy()).quantize(64)]
    saved("gif-animation.gif", frames[0], save_all=True, append_images=frames[1:], duration=100)
    # GIF87a, and a first frame that does not cover its canvas.
    content = (FOLDER / "gif-in-order.gif").read_bytes()
    start = content.index(b"\x2c", 13 + 3 * 64)
    (FOLDER / "gif-87a.gif").write_bytes(b"GIF87a" + content[6:13 + 3 * 64] + content[start:])
    add("gif-87a.gif", "GIF", pillow("gif-87a.gif", "RGB"))
    moved = bytearray(content)
    moved[6:10] = struct.pack("<HH", WIDTH + 9, HEIGHT + 6)
    moved[start + 1:start + 5] = struct.pack("<HH", 4, 3)
    (FOLDER / "gif-frame-on-canvas.gif").write_bytes(moved)
    # Pillow fills what is around it with the first colour, browsers with nothing.
    canvas = np.full((HEIGHT + 6, WIDTH + 9, 3), 255, np.uint8)
    canvas[3:3 + HEIGHT, 4:4 + WIDTH] = np.asarray(colours.convert("RGB"))
    add("gif-frame-on-canvas.gif", "GIF", canvas)
    # No mark behind the last row.
    (FOLDER / "gif-no-end.gif").write_bytes(content[:-2])
    add("gif-no-end.gif", "GIF", pillow("gif-in-order.gif", "RGB"))


# MARK: BMP


def bmp_file(bits, rows, palette=b"", compression=0, masks=b"", height=HEIGHT, header=40, data=None):
    content = b"".join(row + b"\0" * (-len(row) % 4) for row in rows) if data is None else data
    offset = 14 + header + (len(masks) if header == 40 else 0) + len(palette)
    if header == 12:
        information = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, bits)
    else:
        information = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, bits, compression, len(content), 2835, 2835,
                                  len(palette) // 4, 0) + masks
        information += b"\0" * (header - len(information)) if header > 40 else b""
    return b"BM" + struct.pack("<IHHI", offset + len(content), 0, 0, offset) + information + palette + content


def bmp():
    def written(name, content, array=None, tolerance=0):
        (FOLDER / name).write_bytes(content)
        add(name, "BMP", pillow(name, "RGB") if array is None else array, tolerance)

    bgr = RGB[::-1, :, ::-1]
    rows = [row.tobytes() for row in np.ascontiguousarray(bgr)]
    written("bmp-24.bmp", bmp_file(24, rows))
    written("bmp-24-from-the-top.bmp", bmp_file(24, rows[::-1], height=-HEIGHT))
    written("bmp-24-os2.bmp", bmp_file(24, rows, header=12))
    written("bmp-32.bmp", bmp_file(32, [np.dstack([row[None], np.zeros((1, WIDTH), np.uint8)]).tobytes() for row in bgr]))
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    bgra = np.dstack([bgr, ALPHA[::-1]])
    written("bmp-32-alpha.bmp", bmp_file(32, [row.tobytes() for row in bgra], compression=3, masks=masks, header=108), RGBA, 1)
    for name, (red, green, blue), masks, compression in (
            ("555", (5, 5, 5), b"", 0), ("565", (5, 6, 5), struct.pack("<III", 0xF800, 0x7E0, 0x1F), 3)):
        parts = [RGB[..., c].astype(int) >> (8 - bits) for c, bits in enumerate((red, green, blue))]
        values = (parts[0] << (green + blue)) | (parts[1] << blue) | parts[2]
        array = np.dstack([wide(part, (1 << bits) - 1) for part, bits in zip(parts, (red, green, blue))])
        written(f"bmp-16-{name}.bmp", bmp_file(16, [row.astype("<u2").tobytes() for row in values[::-1]], compression=compression, masks=masks), array, 1)
    for bits in (1, 4, 8):
        image = Image.fromarray(RGB).quantize(1 << bits)
        table = np.zeros((1 << bits, 4), np.uint8)
        entries = np.array(image.getpalette()[:3 << bits], np.uint8).reshape(-1, 3)
        table[:len(entries), :3] = entries[:, ::-1]
        lines = packed(np.asarray(image)[::-1].astype(int), bits)
        written(f"bmp-palette-{bits}.bmp", bmp_file(bits, lines, table.tobytes()), np.asarray(image.convert("RGB")))
    # Runs.
    image = Image.fromarray(RGB).quantize(16)
    table = np.zeros((16, 4), np.uint8)
    table[:, :3] = np.array(image.getpalette()[:48], np.uint8).reshape(-1, 3)[:, ::-1]
    data = b""
    for row in np.asarray(image)[::-1]:
        at = 0
        while at < WIDTH:
            count = 1
            while at + count < WIDTH and row[at + count] == row[at]:
                count += 1
            data += bytes([count, row[at]])
            at += count
        data += b"\0\0"
    written("bmp-runs-8.bmp", bmp_file(8, [], table.tobytes(), compression=1, data=data + b"\0\1"), np.asarray(image.convert("RGB")))
    data = b""
    for row in np.asarray(image)[::-1]:
        pairs = b"".join(bytes([row[x] << 4 | row[x + 1]]) for x in range(0, WIDTH, 2))
        data += bytes([0, WIDTH]) + pairs + b"\0" * (len(pairs) % 2) + b"\0\0"
    written("bmp-runs-4.bmp", bmp_file(4, [], table.tobytes(), compression=2, data=data + b"\0\1"), np.asarray(image.convert("RGB")))


# MARK: PNM


def pnm():
    def written(name, magic, most, content, array, channels=None):
        header = f"{magic}\n# made by hand\n{WIDTH} {HEIGHT}\n" + (f"{most}\n" if most else "")
        (FOLDER / name).write_bytes(header.encode() + content)
        add(name, "PNM", array)

    def text(array):
        return "\n".join(" ".join(str(int(v)) for v in np.ravel(row)) for row in array).encode() + b"\n"

    black = (~BILEVEL).astype(np.uint8)
    written("pnm-1.pbm", "P1", None, text(black), BILEVEL.astype(np.uint8) * 255)
    written("pnm-4.pbm", "P4", None, b"".join(packed(black.astype(int), 1)), BILEVEL.astype(np.uint8) * 255)
    written("pnm-2.pgm", "P2", 255, text(GREY), GREY)
    written("pnm-2-to-100.pgm", "P2", 100, text(GREY // 3), wide(GREY // 3, 100))
    written("pnm-2-16.pgm", "P2", 65535, text(GREY16), GREY16)
    written("pnm-3.ppm", "P3", 255, text(RGB), RGB)
    written("pnm-3-16.ppm", "P3", 65535, text(RGB16), RGB16)
    written("pnm-5.pgm", "P5", 255, GREY.tobytes(), GREY)
    written("pnm-5-to-15.pgm", "P5", 15, (GREY >> 4).tobytes(), wide(GREY >> 4, 15))
    written("pnm-5-16.pgm", "P5", 65535, GREY16.astype(">u2").tobytes(), GREY16)
    written("pnm-5-10.pgm", "P5", 1023, (GREY16 >> 6).astype(">u2").tobytes(), wide(GREY16 >> 6, 1023))
    written("pnm-6.ppm", "P6", 255, RGB.tobytes(), RGB)
    written("pnm-6-16.ppm", "P6", 65535, RGB16.astype(">u2").tobytes(), RGB16)
    for name, kind, array, most in (
            ("bilevel", "BLACKANDWHITE", BILEVEL.astype(np.uint8), 1), ("grey", "GRAYSCALE", GREY, 255),
            ("grey-alpha", "GRAYSCALE_ALPHA", np.dstack([GREY, ALPHA]), 255), ("rgb", "RGB", RGB, 255),
            ("rgba", "RGB_ALPHA", RGBA, 255), ("rgb-16", "RGB", RGB16, 65535)):
        depth = 1 if array.ndim == 2 else array.shape[2]
        header = f"P7\nWIDTH {WIDTH}\nHEIGHT {HEIGHT}\nDEPTH {depth}\nMAXVAL {most}\nTUPLTYPE {kind}\nENDHDR\n"
        content = array.astype(">u2" if most > 255 else np.uint8).tobytes()
        (FOLDER / f"pnm-7-{name}.pam").write_bytes(header.encode() + content)
        add(f"pnm-7-{name}.pam", "PNM", wide(array, most), 1 if depth in (2, 4) else 0)


# MARK: HEIC and AVIF


def by_libheif(file, channels=3):
    """As heif-convert writes it: upright, 16 bits of what has more than 8."""
    picture = WORK / "heif.png"
    run("heif-convert", FOLDER / file, picture, stdout=subprocess.DEVNULL)
    array = imagecodecs.png_decode(picture.read_bytes())
    if array.ndim == 2:
        array = np.dstack([array] * 3)
    return array


def heif():
    def saved(name, array, format, tolerance=1, **options):
        if array.dtype == np.uint16:
            mode = {3: "RGB;16", 4: "RGBA;16"}[array.shape[2]]
            picture = pillow_heif.from_bytes(mode, (WIDTH, HEIGHT), array.tobytes())
        else:
            picture = pillow_heif.from_pillow(Image.fromarray(array))
        picture.save(FOLDER / name, format=format, **options)
        seen = by_libheif(name)
        # heif-convert shifts 10 and 12 bits to the left, which is not the whole range.
        add(name, format if format == "AVIF" else "HEIC", seen, tolerance if seen.dtype == np.uint8 else 80)

    saved("heic-444.heic", RGB, "HEIF", quality=90, chroma=444)
    saved("heic-420.heic", RGB, "HEIF", quality=60, chroma=420)
    saved("heic-422.heic", RGB, "HEIF", quality=80, chroma=422)
    saved("heic-lossless.heic", RGB, "HEIF", quality=-1, chroma=444, matrix_coefficients=0)
    saved("heic-alpha.heic", RGBA, "HEIF", quality=90, chroma=444)
    saved("heic-grey.heic", GREY, "HEIF", quality=90)
    pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    saved("heic-10.heic", RGB16, "HEIF", quality=90, chroma=444)
    pillow_heif.options.SAVE_HDR_TO_12_BIT = True
    saved("heic-12.heic", RGB16, "HEIF", quality=90, chroma=444)
    for name, array, options in (
            ("444", RGB, dict(quality=90, subsampling="4:4:4")), ("420", RGB, dict(quality=60, subsampling="4:2:0")),
            ("422", RGB, dict(quality=80, subsampling="4:2:2")), ("alpha", RGBA, dict(quality=90, subsampling="4:4:4")),
            ("grey", GREY, dict(quality=90, subsampling="4:0:0"))):
        Image.fromarray(array).save(FOLDER / f"avif-{name}.avif", **options)
        add(f"avif-{name}.avif", "AVIF", by_libheif(f"avif-{name}.avif"), 1)
    for bits in (10, 12):
        name = f"avif-{bits}.avif"
        (FOLDER / name).write_bytes(imagecodecs.avif_encode(RGB16 >> (16 - bits), level=90, bitspersample=bits, pixelformat="444"))
        add(name, "AVIF", by_libheif(name), 80)


# MARK: Orientation


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def orientations():
    picture = Image.fromarray(GREY)
    colours = Image.fromarray(RGB)
    for number in range(1, 9):
        def seen(array):
            array = np.asarray(array)
            return np.ascontiguousarray({
                1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
                5: lambda a: a.swapaxes(0, 1), 6: lambda a: a.swapaxes(0, 1)[:, ::-1],
                7: lambda a: a[::-1, ::-1].swapaxes(0, 1), 8: lambda a: a.swapaxes(0, 1)[::-1]}[number](array))

        name = f"orientation-{number}"
        picture.save(FOLDER / f"{name}.jpg", quality=90, exif=exif(number))
        add(f"{name}.jpg", "JPEG", pillow(f"{name}.jpg"), 2)
        picture.save(FOLDER / f"{name}.png", exif=exif(number))
        add(f"{name}.png", "PNG", pillow(f"{name}.png"))
        text = PngImagePlugin.PngInfo()
        data = b"Exif\0\0" + exif(number).removeprefix(b"Exif\0\0")
        text.add_text("Raw profile type exif", f"\nexif\n{len(data):8}\n{data.hex()}\n", zip=True)
        picture.save(FOLDER / f"{name}-text.png", pnginfo=text)
        add(f"{name}-text.png", "PNG", pillow(f"{name}-text.png"))
        packet = ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
                  f'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{number}"/></rdf:RDF></x:xmpmeta>')
        picture.save(FOLDER / f"{name}-xmp.jpg", quality=90, xmp=packet.encode())
        add(f"{name}-xmp.jpg", "JPEG", pillow(f"{name}-xmp.jpg"), 2)
        picture.save(FOLDER / f"{name}.tif", tiffinfo={0x0112: number})
        add(f"{name}.tif", "TIFF", seen(GREY))
        colours.save(FOLDER / f"{name}.webp", lossless=True, exif=exif(number))
        add(f"{name}.webp", "WebP", pillow(f"{name}.webp"))
        # libheif's own: what turns and mirrors is a property of the picture, EXIF's number counts for nothing.
        colours.save(FOLDER / f"{name}.avif", quality=90, subsampling="4:4:4", exif=exif(number))
        add(f"{name}.avif", "AVIF", by_libheif(f"{name}.avif"), 1)
        pillow_heif.from_pillow(colours).save(FOLDER / f"{name}.heic", format="HEIF", quality=90, chroma=444, exif=exif(number))
        add(f"{name}.heic", "HEIC", by_libheif(f"{name}.heic"), 1)
        for file in (f"{name}.avif", f"{name}.heic"):
            off = np.abs(by_libheif(file).astype(int) - seen(RGB)).mean()
            if off > 12:
                print(f"{file}: libheif turns it otherwise than EXIF says ({off:.0f})", file=sys.stderr)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for part in (jpeg, png, tiff, webp, jpeg2000, gif, bmp, pnm, heif, orientations):
        part()
    (FOLDER / "expected.zlib").write_bytes(zlib.compress(bytes(samples), 9))
    lines = ",\n".join(json.dumps(variant) for variant in variants)
    (FOLDER / "variants.json").write_text(f"[\n{lines}\n]\n")
    shutil.rmtree(WORK)
    counts = {}
    for variant in variants:
        counts[variant["format"]] = counts.get(variant["format"], 0) + 1
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(variants)} variants, {size} bytes: {counts}")


main()
