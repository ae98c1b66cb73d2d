"""Chooses the settings of the backbones that need no training: what `pixels` and `hog` would reach with other sizes,
placements and colours, on zips of photographs with a folder for each class, 5 pictures a class.

    python3 Tools/peers/descriptor_choice.py FOLDER-OF-ZIPS [--shots 5] [--draws 3] [--most 300] [--sets NAME...]
        [--settings NAME...]

Features are scikit-image's, pictures are resized by Pillow, and two classifiers answer: the nearest picture by cosine,
and ridge regression whose penalty is chosen by leave-one-out on the shots. Each column is the mean of the draws in
percent; the last line is the mean over the sets. Every setting sees the same pictures.
"""

import argparse
import io
import pathlib
import zipfile

import numpy
from PIL import Image
from skimage.feature import hog


def pixels(size, colour, fit):
    def features(picture):
        values = placed(picture, size, colour, fit)
        return (values - values.mean()).reshape(-1)

    return features


def gradients(size, colour, fit, root=False, cell=8):
    def features(picture):
        return hog(
            placed(picture, size, colour, fit), orientations=9, pixels_per_cell=(cell, cell),
            cells_per_block=(2, 2), block_norm="L2-Hys", transform_sqrt=root,
            channel_axis=-1 if colour else None).reshape(-1)

    return features


def placed(picture, size, colour, fit):
    picture = picture.convert("RGB" if colour else "L")
    if not fit:
        return numpy.asarray(picture.resize((size, size), Image.BILINEAR), numpy.float32) / 255
    scale = size / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    canvas = Image.new(picture.mode, (size, size), "white")
    canvas.paste(picture.resize((width, height), Image.BILINEAR), ((size - width) // 2, (size - height) // 2))
    return numpy.asarray(canvas, numpy.float32) / 255


SETTINGS = {
    **{f"pixels {size}{' colour' * colour}{' fit' * fit}": pixels(size, colour, fit)
       for size in (8, 16, 32) for colour in (False, True) for fit in (False, True)},
    **{f"hog {size}{' colour' * colour}{' fit' * fit}": gradients(size, colour, fit)
       for size in (32, 48, 56, 64, 96, 128) for colour in (False, True) for fit in (False, True)},
    "hog 48 colour fit root": gradients(48, True, True, root=True),
    "hog 64 colour root": gradients(64, True, False, root=True),
    "hog 96 colour root": gradients(96, True, False, root=True),
    "hog 64 colour, cell 16": gradients(64, True, False, cell=16),
    "hog 128 colour, cell 16": gradients(128, True, False, cell=16),
}


def pictures(path, shots, most, generator):
    """Pictures and classes: of each class at least `shots` + 5, `most` held back together at most."""
    with zipfile.ZipFile(path) as archive:
        classes = {}
        for name in sorted(archive.namelist()):
            if name.lower().endswith((".jpg", ".jpeg", ".png")):
                classes.setdefault(str(pathlib.PurePath(name).parent), []).append(name)
        classes = [names for names in classes.values() if len(names) >= shots + 5]
        if len(classes) < 5:
            return [], None
        each = max(5, most // len(classes)) + shots
        chosen = [(name, label) for label, names in enumerate(classes)
                  for name in generator.permutation(names)[:each]]
        read = [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name, _ in chosen]
    return read, numpy.array([label for _, label in chosen])


def unit(rows):
    return rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def nearest(known, classes, asked):
    return classes[(unit(asked) @ unit(known).T).argmax(axis=1)]


def ridge(known, classes, asked):
    known, asked = unit(known), unit(asked)
    mean = known.mean(axis=0)
    targets = numpy.eye(classes.max() + 1)[classes]
    centred, offset = known - mean, targets.mean(axis=0)
    left, values, right = numpy.linalg.svd(centred, full_matrices=False)
    rotated = left.T @ (targets - offset)
    best = None
    for penalty in 10.0 ** numpy.arange(-4, 3):
        shrunk = values**2 / (values**2 + penalty)
        fitted = (left * shrunk) @ rotated + offset
        hat = (left**2 * shrunk).sum(axis=1) + 1 / len(known)
        errors = ((targets - fitted) / (1 - hat)[:, None]) ** 2
        if best is None or errors.sum() < best[0]:
            best = (errors.sum(), penalty)
    weights = right.T @ ((values / (values**2 + best[1]))[:, None] * rotated)
    return ((asked - mean) @ weights + offset).argmax(axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--most", type=int, default=300)
    parser.add_argument("--sets", nargs="*")
    parser.add_argument("--settings", nargs="*", choices=SETTINGS)
    options = parser.parse_args()
    settings = {name: SETTINGS[name] for name in options.settings or SETTINGS}
    table = {name: [] for name in settings}
    sets = [path for path in sorted(options.folder.glob("*.zip"))
            if not options.sets or path.stem in options.sets]
    for path in sets:
        read, classes = pictures(path, options.shots, options.most, numpy.random.default_rng(1))
        if not read:
            continue
        draws = []
        for seed in range(options.draws):
            generator = numpy.random.default_rng(seed)
            known = numpy.concatenate(
                [generator.permutation(numpy.flatnonzero(classes == label))[:options.shots]
                 for label in range(classes.max() + 1)])
            draws.append((known, numpy.setdiff1d(numpy.arange(len(classes)), known)))
        print(f"{path.stem}: {len(read)} pictures of {classes.max() + 1} classes", flush=True)
        for name, features in settings.items():
            rows = numpy.stack([features(picture) for picture in read])
            right = [[(answer(rows[known], classes[known], rows[asked]) == classes[asked]).mean()
                      for known, asked in draws] for answer in (nearest, ridge)]
            table[name].append(100 * numpy.mean(right, axis=1))
            print(f"  {name:28} nearest {table[name][-1][0]:5.1f}  ridge {table[name][-1][1]:5.1f}", flush=True)
    print("mean")
    for name, rows in table.items():
        mean = numpy.mean(rows, axis=0)
        print(f"  {name:28} nearest {mean[0]:5.1f}  ridge {mean[1]:5.1f}")


if __name__ == "__main__":
    main()
