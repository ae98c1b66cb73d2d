"""The thesis' three backbones (sections 5.1.1.1 to 5.1.1.3), Conv-4 and Koch's network with their losses in PyTorch,
laid out as Akin's are: images [batch, height, width, channels], flattened in that order."""

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
    normalised: bool = False


@dataclass(frozen=True)
class Residual:
    """Two convolutions of 3 x 3 with batch normalisation, and a shortcut (He et al. 2016): a projection of 1 x 1 where
    the shape changes."""

    filters: int
    stride: int


@dataclass(frozen=True)
class Stem:
    """A convolution of 3 x 3 at every other place, with batch normalisation and ReLU6."""

    filters: int
    same: bool


@dataclass(frozen=True)
class Inverted:
    """More channels, each convolved by itself, and fewer again (Sandler et al. 2018), with batch normalisation;
    hard-swish and squeeze-and-excitation (Howard et al. 2019) where `squeezed`, else ReLU6. Padding is TensorFlow's where
    `same`, else PyTorch's. Its input is added where the shape stays."""

    filters: int
    expansion: int
    kernel: int
    stride: int
    same: bool
    squeezed: bool


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


def conv4(filters=64):
    """Of the prototypical networks (Snell et al. 2017); the embedding is what the last pooling leaves."""
    return [Conv(filters, 3, True, normalised=True), Pool(2)] * 4


def residual(a=32, b=64, dense=512):
    return [Conv(a, 3, True, normalised=True), Residual(a, 1), Residual(b, 2), Pool(2), Dense(dense)]


def mobile(a=8, b=12, dense=512):
    """What MobileNet and EfficientNet consist of."""
    return [
        Stem(a, False), Inverted(a, 3, 3, 1, False, False), Inverted(b, 2, 5, 2, True, True),
        Inverted(b, 2, 3, 1, True, True), Inverted(b, 1, 3, 2, False, False), Dense(dense),
    ]


def koch(dense=4096):
    """Koch et al. 2015, figure 4."""
    return [
        Conv(64, 10, False), Pool(2), Conv(128, 7, False), Pool(2), Conv(128, 4, False), Pool(2),
        Conv(256, 4, False), Dense(dense),
    ]


def sizes(layers, height, width, channels):
    """For each layer that multiplies, its multiplications for one image; and the length of the embedding."""
    multiplications = []
    for layer in layers:
        match layer:
            case Conv(filters, kernel, same):
                if not same:
                    height, width = height - kernel + 1, width - kernel + 1
                multiplications.append(height * width * filters * kernel * kernel * channels)
                channels = filters
            case Pool(size):
                height, width = height // size, width // size
            case Dense(units):
                multiplications.append(height * width * channels * units)
                height, width, channels = 1, 1, units
    return multiplications, height * width * channels


KINDS = {nn.Conv2d: "conv2d", nn.Linear: "dense", nn.BatchNorm2d: "batch_normalization"}


class SamePadding(nn.Module):
    """What a stride of 1 needs to keep the size; an even kernel's odd row goes to the bottom, as in TensorFlow."""

    def __init__(self, kernel):
        super().__init__()
        before, after = (kernel - 1) // 2, kernel // 2
        self.sides = (before, after, before, after)

    def forward(self, x):
        return F.pad(x, self.sides)


class UnevenPadding(nn.Module):
    """TensorFlow's `same` with any stride: of an odd number of rows and columns the larger part behind."""

    def __init__(self, kernel, stride):
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x):
        sides = []
        for size in reversed(x.shape[2:]):
            total = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
            sides += [total // 2, total - total // 2]
        return F.pad(x, sides)


class SqueezeExcitation(nn.Module):
    """Hu et al. 2018, with MobileNetV3's gate."""

    def __init__(self, channels, units):
        super().__init__()
        self.reduce, self.expand = nn.Linear(channels, units), nn.Linear(units, channels)

    def forward(self, x):
        factors = F.hardsigmoid(self.expand(F.relu(self.reduce(x.mean((2, 3))))))
        return x * factors[:, :, None, None]


class InvertedResidual(nn.Module):
    def __init__(self, channels, layer):
        super().__init__()
        wide, padding = channels * layer.expansion, layer.kernel // 2
        activation = nn.Hardswish if layer.squeezed else nn.ReLU6
        modules = []
        if layer.expansion > 1:
            modules += [nn.Conv2d(channels, wide, 1), nn.BatchNorm2d(wide), activation()]
        if layer.same:
            modules.append(UnevenPadding(layer.kernel, layer.stride))
        modules += [
            nn.Conv2d(wide, wide, layer.kernel, layer.stride, padding=0 if layer.same else padding, groups=wide),
            nn.BatchNorm2d(wide), activation()]
        if layer.squeezed:
            modules.append(SqueezeExcitation(wide, 4))
        modules += [nn.Conv2d(wide, layer.filters, 1), nn.BatchNorm2d(layer.filters)]
        self.layers = nn.Sequential(*modules)
        self.adds = layer.stride == 1 and layer.filters == channels

    def forward(self, x):
        return self.layers(x) + x if self.adds else self.layers(x)


class FlattenRowsFirst(nn.Module):
    """[batch, channels, height, width] to [batch, height * width * channels]. A view where x is channels_last."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class ResidualBlock(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, padding=1), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
            nn.Conv2d(filters, filters, 3, padding=1), nn.BatchNorm2d(filters))
        self.shortcut = nn.Sequential()
        if stride != 1 or filters != channels:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, filters, 1, stride), nn.BatchNorm2d(filters))

    def forward(self, x):
        return F.relu(self.layers(x) + self.shortcut(x))


def backbone(layers, height, width, channels, dropout=True, rows_first=True):
    """`layers` as a module that takes [batch, channels, height, width]: ReLU after convolutions, a sigmoid after
    dense layers; and the names that Akin gives to its parameterised modules, by their path. `rows_first` flattens as Akin does,
    otherwise as PyTorch does, which saves it a copy where its memory format is the usual one."""
    modules, names, counts = [], {}, {}

    def add(module):
        def numbered(kind):
            counts[kind] = counts.get(kind, 0) + 1
            return f"{kind}_{counts[kind]}"

        inner = {}
        for path, part in module.named_modules():
            place = ".".join(filter(None, [str(len(modules)), path]))
            if isinstance(part, SqueezeExcitation):
                name = numbered("squeeze_excitation")
                inner |= {f"{place}.{own}": f"{name}.{own}" for own in ("reduce", "expand")}
            elif place in inner:
                names[place] = inner[place]
            elif isinstance(part, nn.Conv2d) and part.groups > 1:
                names[place] = numbered("depthwise_conv2d")
            elif type(part) in KINDS:
                names[place] = numbered(KINDS[type(part)])
        modules.append(module)

    for layer in layers:
        match layer:
            case Conv(filters, kernel, same, normalised):
                padding = 0
                if same and kernel % 2:
                    padding = kernel // 2
                elif same:
                    add(SamePadding(kernel))
                add(nn.Conv2d(channels, filters, kernel, padding=padding))
                if normalised:
                    add(nn.BatchNorm2d(filters))
                add(nn.ReLU(inplace=True))
                if not same:
                    height, width = height - kernel + 1, width - kernel + 1
                channels = filters
            case Residual(filters, stride):
                add(ResidualBlock(channels, filters, stride))
                height, width, channels = -(-height // stride), -(-width // stride), filters
            case Stem(filters, same):
                if same:
                    add(UnevenPadding(3, 2))
                add(nn.Conv2d(channels, filters, 3, 2, padding=0 if same else 1))
                add(nn.BatchNorm2d(filters))
                add(nn.ReLU6())
                height, width, channels = -(-height // 2), -(-width // 2), filters
            case Inverted(filters, stride=stride):
                add(InvertedResidual(channels, layer))
                height, width, channels = -(-height // stride), -(-width // stride), filters
            case Pool(size):
                add(nn.MaxPool2d(size))
                height, width = height // size, width // size
            case Dropout(rate):
                if dropout:
                    add(nn.Dropout(rate))
            case Dense(units):
                add(FlattenRowsFirst() if rows_first else nn.Flatten())
                add(nn.Linear(height * width * channels, units))
                add(nn.Sigmoid())
    if not isinstance(layers[-1], Dense):
        add(FlattenRowsFirst() if rows_first else nn.Flatten())
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


class LearnedL1(nn.Module):
    """Binary cross-entropy of a sigmoid unit on |left - right|, the mean over the pairs; 1 is one class (Koch et al.
    2015, section 3)."""

    def __init__(self, dimension):
        super().__init__()
        self.similarity = nn.Linear(dimension, 1)

    def forward(self, embeddings, left, right, different):
        logits = self.similarity((embeddings[left] - embeddings[right]).abs()).squeeze(1)
        return F.binary_cross_entropy_with_logits(logits, 1 - different)


class ContrastiveWithHead(nn.Module):
    """The contrastive loss and a classification head's."""

    def __init__(self, dimension, classes):
        super().__init__()
        self.head = nn.Linear(dimension, classes)

    def forward(self, embeddings, labels, left, right, different):
        return contrastive_loss(embeddings, left, right, different) + (
            CLASSIFICATION_CONTRIBUTION * classification_loss(self.head(embeddings), labels, left, right))


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
