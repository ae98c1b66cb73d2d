#!/usr/bin/env python3
# Run with PyTorch 2.13, NumPy and Pillow: python3 Tools/peers/thesis.py cifar10 pairs --epochs 250
"""The training of seed 000 as its own program does it (github.com/GuillerLT/siamese-neural-networks), in PyTorch.

Pairs with classification take 32 images of every class for a step, with one positive and four negative pairs each;
triplets 16, with three each; the last step of an epoch takes what is left. Adam at its usual rate. The answer is by
average class distance. What Akin does otherwise: there every pair or triplet goes through the network by itself, with a
dropout of its own; partners come from all images, not from the batch; each side has a head of its own; and the steps of
an epoch are not all of one size. On two cores 38 minutes for `cifar10 pairs --epochs 250`.
"""

import argparse
import gzip
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

import backbones

CLASSES, EACH = 10, 100
LAYERS = {"mnist": backbones.mnist, "fashion-mnist": backbones.fashion_mnist, "cifar10": backbones.cifar10}


def read_idx(path, offset):
    return np.frombuffer(gzip.open(path).read(), dtype=np.uint8)[offset:]


def images_of(folder, name, part, each):
    """[classes, images, channels, height, width], the first `each` of every class."""
    if name == "cifar10":
        classes = sorted((folder / name / part).iterdir())
        found = [[np.asarray(Image.open(p)) for p in sorted(c.iterdir())[:each]] for c in classes]
        return torch.from_numpy(np.array(found, dtype=np.float32) / 255).permute(0, 1, 4, 2, 3).contiguous()
    prefix = folder / name / {"train": "train", "test": "t10k"}[part]
    labels = read_idx(f"{prefix}-labels-idx1-ubyte.gz", 8)
    pixels = read_idx(f"{prefix}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    # As many of each class as the smallest has, in the program too.
    count = min(each, *np.bincount(labels))
    return torch.from_numpy(np.array([pixels[labels == k][:count] for k in range(CLASSES)], dtype=np.float32) / 255)


def distance(a, b):
    return (a - b).square().sum(1).clamp(min=1e-7).sqrt()


def others(rng, below, count, own):
    """So many different numbers below, where each that is `own` is replaced by any other, even one that is there."""
    for found in rng.permutation(below)[:count]:
        while found == own:
            found = rng.integers(below)
        yield found


def pairs(rng, first, last):
    """Of each image of the step: one of its class, and four of others, on either side. [3, pairs]: the two images, and
    whether they differ."""
    found = []
    for j in range(first, last):
        for k in range(CLASSES):
            partners = [(k * EACH + other, 0) for other in others(rng, EACH, 1, j)]
            partners += [(c * EACH + rng.integers(EACH), 1) for c in others(rng, CLASSES, 4, k)]
            for partner, different in partners:
                two = (k * EACH + j, partner)
                found.append((*(two if rng.integers(2) else two[::-1]), different))
    return torch.tensor(np.array(found).T)


def triplets(rng, first, last):
    """[3, triplets]: the anchor, one of its class, and one of another."""
    found = []
    for j in range(first, last):
        for k in range(CLASSES):
            for positive, c in zip(others(rng, EACH, 3, j), others(rng, CLASSES, 3, k)):
                found.append((k * EACH + j, k * EACH + positive, c * EACH + rng.integers(EACH)))
    return torch.tensor(np.array(found).T)


def embed(net, images):
    """[images, 512], of [classes, images, ...]."""
    return torch.cat([net(part) for part in images.flatten(0, 1).split(500)])


def accuracy(net, known, asked):
    net.eval()
    with torch.no_grad():
        apart = torch.cdist(embed(net, asked), embed(net, known)).unflatten(1, known.shape[:2]).mean(2)
    net.train()
    truth = torch.arange(CLASSES).repeat_interleave(asked.shape[1])
    return float((apart.argmin(1) == truth).float().mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("set", choices=LAYERS)
    parser.add_argument("network", choices=["pairs", "triplets"], help="pairs: with classification")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--datasets", type=Path, default=Path("datasets"))
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    known = images_of(options.datasets, options.set, "train", EACH)
    asked = images_of(options.datasets, options.set, "test", 1000)
    net, _ = backbones.backbone(LAYERS[options.set](), *known.shape[3:], known.shape[2], rows_first=False)
    heads = nn.ModuleList([nn.Linear(512, CLASSES), nn.Linear(512, CLASSES)])
    for module in [*net.modules(), *heads]:
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    parameters = [*net.parameters(), *(heads.parameters() if options.network == "pairs" else [])]
    optimizer = torch.optim.Adam(parameters, eps=1e-7)
    images, began = known.flatten(0, 1), time.monotonic()
    share = 32 if options.network == "pairs" else 16
    for epoch in range(1, options.epochs + 1):
        total = 0.0
        for first in rng.permutation(np.arange(0, EACH, share)):
            drawn = (pairs if options.network == "pairs" else triplets)(rng, first, min(first + share, EACH))
            if options.network == "pairs":
                left, right, different = drawn
                embeddings, first_sides = net(images[torch.cat([left, right])]), torch.arange(len(left))
                loss = backbones.contrastive_loss(embeddings, first_sides, first_sides + len(left), different)
                for head, side, shown in zip(heads, embeddings.chunk(2), (left, right)):
                    loss = loss + backbones.CLASSIFICATION_CONTRIBUTION * F.cross_entropy(head(side), shown // EACH)
            else:
                anchor, positive, negative = net(images[drawn.flatten()]).chunk(3)
                apart = distance(anchor, positive) - distance(anchor, negative)
                loss = (backbones.MARGIN + apart).clamp(min=0).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        if epoch % 50 == 0 or epoch == options.epochs:
            right = accuracy(net, known, asked)
            minutes = (time.monotonic() - began) / 60
            loss = total / -(-EACH // share)
            print(f"epoch {epoch}: loss {loss:.4f}, {right:.2%} right, {minutes:.1f} min", flush=True)


if __name__ == "__main__":
    main()
