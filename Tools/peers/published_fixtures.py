#!/usr/bin/env python3
# Run with PyTorch 2.13: python3 Tools/peers/published_fixtures.py   (writes Tests/Fixtures/networks/published.*)
"""A small EfficientNet-Lite in a package as the real ones are published, and what PyTorch makes of two pictures with it.

published.zip has published/weights.pth, packed, as PyTorch before 1.6 wrote it, with the convolutions' numbers in
TensorFlow's order, and published/__init__.py, which is not packed. published.safetensors, all float32: input
[2, 33, 32, 3], embeddings [2, 1280]. The weights are of few sizes, so that they can be packed well.
"""

import io
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch

from published import EFFICIENT, Normalised, Published
from step_fixtures import write

FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/networks"


def names(network):
    """Of each convolution and its batch normalisation, in the order of the layers."""
    modules = [module for module in network.modules() if isinstance(module, Normalised)]
    blocks = list(network.layers)[1:-1]
    yield modules[0], "_conv_stem", "_bn0"
    for number, block in enumerate(blocks):
        kinds = ["_expand_conv", "_depthwise_conv", "_project_conv"][-len(block.layers):]
        for module, kind, normalization in zip(block.layers, kinds, ["_bn0", "_bn1", "_bn2"][-len(block.layers):]):
            yield module, f"_blocks.{number}.{kind}", f"_blocks.{number}.{normalization}"
    yield modules[-1], "_conv_head", "_bn1"


def state(network):
    tensors = OrderedDict()
    for module, convolution, normalization in names(network):
        weight = module.convolution.weight.detach()
        tensors[f"{convolution}.weight"] = weight.permute(2, 3, 1, 0).contiguous().permute(3, 2, 0, 1)
        for kind in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
            tensors[f"{normalization}.{kind}"] = getattr(module.normalization, kind).detach()
    tensors["_fc.weight"], tensors["_fc.bias"] = torch.zeros(2, 3), torch.zeros(2)
    return tensors


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(2026)
    network = Published(EFFICIENT, even=False, epsilon=1e-3, width=0.1, depth=0.1)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, Normalised):
                weight, normalization = module.convolution.weight, module.normalization
                weight.copy_(torch.randint(-4, 5, weight.shape, generator=generator) / 8)
                for target, values in ((normalization.weight, (3, 6)), (normalization.bias, (-1, 4))):
                    target.copy_(torch.randint(*values, target.shape, generator=generator) / 4)
                normalization.momentum = 1.0
        images = torch.rand(2, 33, 32, 3, generator=generator)
        network.train()(images.permute(0, 3, 1, 2))
        for module in network.modules():
            if isinstance(module, Normalised):
                statistics = (module.normalization.running_mean, module.normalization.running_var)
                for values in statistics:
                    values.copy_((values * 16).round() / 16)
        embeddings = network.eval()(images.permute(0, 3, 1, 2))
    file = io.BytesIO()
    torch.save(state(network), file, _use_new_zipfile_serialization=False)
    with zipfile.ZipFile(FOLDER / "published.zip", "w") as archive:
        for name, content, method in (
            ("published/__init__.py", b"# nothing\n", zipfile.ZIP_STORED),
            ("published/weights.pth", file.getvalue(), zipfile.ZIP_DEFLATED),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, method, 9)
    write(
        FOLDER / "published.safetensors", {"input": images, "embeddings": embeddings},
        {"writer": f"Tools/peers/published_fixtures.py, PyTorch {torch.__version__}"})
    print(f"{(FOLDER / 'published.zip').stat().st_size} bytes; embeddings {embeddings.min():.3f} to {embeddings.max():.3f}")


if __name__ == "__main__":
    main()
