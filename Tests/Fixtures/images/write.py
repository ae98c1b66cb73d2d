"""Writes the fixtures beside it, with Pillow and NumPy: JPEG files of kinds that Akin's own encoder does not
write, each with the pixels that it should decode to (the same name, .ppm or .pgm), and a picture resized by
Pillow. Run it as `python3 write.py`; its results are committed."""

import os

import numpy as np
from PIL import Image, ImageOps

os.chdir(os.path.dirname(os.path.abspath(__file__)))

WIDTH, HEIGHT = 29, 19


def picture():
    """Gradients with two blocks, so that every edge and corner can be told from the others."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    rgb = np.stack([x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1), 255 - (x + y) * 5], axis=-1)
    rgb[2:7, 3:9] = [250, 40, 30]
    rgb[12:16, 20:26] = [20, 60, 240]
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def expect(name, image):
    image.save(name + (".pgm" if image.mode == "L" else ".ppm"))


def with_segments(jpeg, drop=None, change=None):
    """The JPEG file without the segments of marker `drop`; `change` may edit each (marker, content)."""
    result, position = bytearray(jpeg[:2]), 2
    while jpeg[position + 1] != 0xDA:
        marker = jpeg[position + 1]
        length = int.from_bytes(jpeg[position + 2 : position + 4], "big")
        segment = bytearray(jpeg[position : position + 2 + length])
        if change:
            change(marker, segment)
        if marker != drop:
            result += segment
        position += 2 + length
    return bytes(result + jpeg[position:])


def rgb_from_inks(inks):
    """Inks from 0 (none) to 255 (full), without a colour profile."""
    light = 255 - np.asarray(inks).astype(int)
    return Image.fromarray(((light[..., :3] * light[..., 3:] + 127) // 255).astype(np.uint8))


rgb = picture()
grey = rgb.convert("L")
expect("picture", rgb)

for name, image, options in [
    ("baseline", rgb, {"quality": 90}),
    ("progressive", rgb, {"quality": 85, "progressive": True}),
    ("restarts", rgb, {"quality": 90, "subsampling": 0, "restart_marker_blocks": 2}),
    ("grey", grey, {"quality": 90}),
    ("grey-progressive", grey, {"quality": 90, "progressive": True}),
]:
    image.save(name + ".jpg", **options)
    expect(name, Image.open(name + ".jpg"))

# Smooth inks, so that the loss of JPEG stays small.
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
inks = np.stack([x * 8, y * 12, 200 - x * 3 - y * 4, x * 2 + y * 3], axis=-1).astype(np.uint8)
Image.fromarray(inks, "CMYK").save("cmyk-adobe.jpg", quality=97, subsampling=0)
expect("cmyk-adobe", rgb_from_inks(inks))

# Pillow inverts what it writes, as Adobe's marker says; without the marker, inks are stored as they are.
Image.fromarray(255 - inks, "CMYK").save("cmyk-plain.jpg", quality=97, subsampling=0)
plain = with_segments(open("cmyk-plain.jpg", "rb").read(), drop=0xEE)
open("cmyk-plain.jpg", "wb").write(plain)
expect("cmyk-plain", rgb_from_inks(inks))


# YCCK: a decoder makes inks of luma and chroma by taking what would be red, green and blue from 255; as Adobe
# stores inks inverted, the inks themselves stand there as red, green and blue. Transform 2 in Adobe's marker.
def transform_2(marker, segment):
    if marker == 0xEE:
        segment[-1] = 2


luma = Image.fromarray(inks[..., :3]).convert("YCbCr")
planes = np.concatenate([np.asarray(luma), 255 - inks[..., 3:]], axis=-1)
Image.fromarray(255 - planes, "CMYK").save("ycck.jpg", quality=97, subsampling=0)
ycck = with_segments(open("ycck.jpg", "rb").read(), change=transform_2)
open("ycck.jpg", "wb").write(ycck)
expect("ycck", rgb_from_inks(inks))

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x010F] = "maker"
    exif[0x0112] = orientation
    grey.save(f"orientation-{orientation}.jpg", quality=95, exif=exif)
    expect(f"orientation-{orientation}", ImageOps.exif_transpose(Image.open(f"orientation-{orientation}.jpg")))
exif[0x0112] = 6
grey.save("orientation-6.png", exif=exif)
expect("orientation-6-png", ImageOps.exif_transpose(Image.open("orientation-6.png")))

for width, height in [(10, 7), (47, 40), (29, 5)]:
    expect(f"resized-{width}x{height}", rgb.resize((width, height), Image.Resampling.BILINEAR))
    expect(f"resized-bicubic-{width}x{height}", rgb.resize((width, height), Image.Resampling.BICUBIC))
    expect(f"resized-area-{width}x{height}", rgb.resize((width, height), Image.Resampling.BOX))
