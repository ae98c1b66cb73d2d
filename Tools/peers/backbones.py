"""The thesis' three backbones (sections 5.1.1.1 to 5.1.1.3) and its losses in PyTorch, laid out as Akin's are:
images [batch, height, width, channels], flattened in that order."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

MARGIN = 1.0
CLASSIFICATION_CONTRIBUTION = 0.125


@dataclass(frozen=True)
class Conv:
    filters: int
    kernel: int
    same: bool


@dataclass(frozen=True)
class Pool:
    size: int


@dataclass(frozen=True)
class Dropout:
    rate: float


@dataclass(frozen=True)
class Dense:
    units: int


def mnist(a=32, b=64, dense=512):
    return [Conv(a, 3, False), Conv(b, 3, False), Pool(2), Dropout(0.25), Dense(dense)]


def fashion_mnist(a=64, b=32, dense=512):
    return [Conv(a, 2, True), Pool(2), Dropout(0.3), Conv(b, 2, True), Pool(2), Dropout(0.3), Dense(dense)]


def cifar10(a=32, b=64, dense=512):
    return [
        Conv(a, 3, True), Conv(a, 3, False), Pool(2), Dropout(0.25),
        Conv(b, 3, True), Conv(b, 3, False), Pool(2), Dropout(0.25), Dense(dense),
    ]


class SamePadding(nn.Module):
    """What a stride of 1 needs to keep the size; an even kernel's odd row goes to the bottom, as in TensorFlow."""

    def __init__(self, kernel):
        super().__init__()
        before, after = (kernel - 1) // 2, kernel // 2
        self.sides = (before, after, before, after)

    def forward(self, x):
        return F.pad(x, self.sides)


class FlattenRowsFirst(nn.Module):
    """[batch, channels, height, width] to [batch, height * width * channels]. A view where x is channels_last."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def backbone(layers, height, width, channels, dropout=True, rows_first=True):
    """`layers` as a module that takes [batch, channels, height, width]: ReLU after convolutions, a sigmoid at
    the end; and the names that Akin gives to its parameterised layers. `rows_first` flattens as Akin does,
    otherwise as PyTorch does, which saves it a copy where its memory format is the usual one."""
    modules, names, counts = [], {}, {}

    def add(module, kind=None):
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
            names[str(len(modules))] = f"{kind}_{counts[kind]}"
        modules.append(module)

    for layer in layers:
        match layer:
            case Conv(filters, kernel, same):
                padding = 0
                if same and kernel % 2:
                    padding = kernel // 2
                elif same:
                    add(SamePadding(kernel))
                add(nn.Conv2d(channels, filters, kernel, padding=padding), "conv2d")
                add(nn.ReLU(inplace=True))
                if not same:
                    height, width = height - kernel + 1, width - kernel + 1
                channels = filters
            case Pool(size):
                add(nn.MaxPool2d(size))
                height, width = height // size, width // size
            case Dropout(rate):
                if dropout:
                    add(nn.Dropout(rate))
            case Dense(units):
                add(FlattenRowsFirst() if rows_first else nn.Flatten())
                add(nn.Linear(height * width * channels, units), "dense")
                add(nn.Sigmoid())
    return nn.Sequential(*modules), names


def contrastive_loss(embeddings, left, right, different):
    """Loss (a), figure 5.9: the mean over the pairs of (1 - y) D^2 + y max(0, margin - D)^2."""
    squares = (embeddings[left] - embeddings[right]).square().sum(1)
    distance = squares.clamp(min=1e-7).sqrt()
    return ((1 - different) * distance.square() + different * (MARGIN - distance).clamp(min=0).square()).mean()


def classification_loss(logits, labels, left, right):
    """Cross-entropy of both sides of the pairs, each the mean over the pairs (section 5.2.2)."""
    each = F.cross_entropy(logits, labels, reduction="none")
    return each[left].mean() + each[right].mean()


def pairs_of(labels, generator, negatives=4):
    """One positive and `negatives` negative pairs an image: positions left and right, and 1 where they differ."""
    left, right, different = [], [], []
    everyone = torch.arange(len(labels))
    for i in everyone.tolist():
        for candidates, count, y in [
            ((labels == labels[i]) & (everyone != i), 1, 0.0),
            (labels != labels[i], negatives, 1.0),
        ]:
            found = everyone[candidates]
            for j in found[torch.randperm(len(found), generator=generator)[:count]].tolist():
                left.append(i)
                right.append(j)
                different.append(y)
    return torch.tensor(left), torch.tensor(right), torch.tensor(different)
