"""Histograms of oriented gradients of five small pictures by scikit-image, for the tests of `AkinDescriptors`.

    python3 Tools/peers/hog_fixtures.py

Needs `pip install scikit-image`. Writes Tests/Fixtures/descriptors/hog.json, the same bytes each time.
"""

import json
import pathlib

import numpy
from skimage.feature import hog

FILE = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/descriptors/hog.json"


def picture(height, width, channels, seed):
    """Slanted waves with some noise, 8 bits; sides need not be whole cells."""
    generator = numpy.random.default_rng(seed)
    rows, columns = numpy.mgrid[0:height, 0:width]
    layers = [
        128 + 70 * numpy.sin(rows * (0.3 + 0.2 * c) + columns * (0.5 - 0.3 * c)) + generator.normal(0, 12, (height, width))
        for c in range(channels)]
    return numpy.clip(numpy.stack(layers, axis=-1), 0, 255).astype(numpy.uint8)


def main():
    pictures = []
    flat = numpy.full((16, 16, 1), 90, numpy.uint8)
    flat[5, 7:] = 160
    for pixels in (picture(24, 32, 1, 1), picture(27, 21, 1, 2), picture(16, 24, 3, 3), picture(21, 18, 3, 4), flat):
        channels = pixels.shape[2]
        values = pixels / 255
        features = hog(
            values if channels > 1 else values[..., 0], orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2),
            block_norm="L2-Hys", channel_axis=-1 if channels > 1 else None)
        pictures.append({
            "height": pixels.shape[0], "width": pixels.shape[1], "channels": channels,
            "pixels": pixels.reshape(-1).tolist(), "hog": [round(float(value), 8) for value in features]})
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in pictures) + "\n]\n")


if __name__ == "__main__":
    main()
