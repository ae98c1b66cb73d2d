#!/usr/bin/env python3
# Run with PyTorch 2.13: python3 Tools/peers/step_fixtures.py   (writes Tests/Fixtures/networks/*.safetensors)
"""One training step of each of the thesis' backbones, of Conv-4, of a small residual network and of one of MobileNet's layers, computed by PyTorch in float32, for Akin's tests.

The layers are those of the backbone in kind and order; sizes and widths are smaller to keep the files small, and
dropout is left out, so that the step has no chance in it. Each file holds, all float32:

  input [8, height, width, channels]          labels [8]: the class of each image
  pairs [count, 3]: positions left and right, and 1 where the two are of different classes
  before/, gradient/, after/ <layer>.weight and .bias: parameters, their gradients, and the parameters after one
      step of Adam (rate 1e-3, betas 0.9 and 0.999, epsilon 1e-7, added to the root of the corrected moment).
      Convolutions [height, width, in, out], depthwise ones [height, width, channels], dense layers and the head
      [in, out].
  embeddings [8, dimension]                   logits [8, classes]
  inference [8, dimension] and running/ <layer>.moving_mean and .moving_variance, where there is batch normalisation:
      its running values after the step (momentum 0.9, and of the biased variance, which is not PyTorch's own rule),
      and the embeddings with these and the parameters before the step
  losses [3]: contrastive; cross-entropy, left + right, unweighted; contrastive + 0.125 * cross-entropy
"""

import json
import math
import struct
from pathlib import Path

import torch
from torch import nn

from backbones import (
    CLASSIFICATION_CONTRIBUTION, backbone, cifar10, classification_loss, contrastive_loss, conv4, Dense, fashion_mnist,
    mnist, mobile, pairs_of, residual)

FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/networks"
# Backbone, height, width, channels. An odd size somewhere on the way shows what pooling does with a remainder.
CASES = {
    "mnist": (mnist(4, 6, 8), 10, 10, 1),
    "fashion-mnist": (fashion_mnist(6, 4, 8), 10, 10, 1),
    "cifar10": (cifar10(4, 6, 8), 14, 14, 3),
    "conv4": (conv4(5) + [Dense(8)], 16, 16, 1),
    "residual": (residual(4, 6, 8), 10, 9, 2),
    "mobile": (mobile(4, 6, 8), 21, 18, 2),
}
LABELS = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2])


def initialise(layer, generator):
    """Glorot's uniform distribution; biases are not zero, so that leaving them out shows."""
    if isinstance(layer, nn.BatchNorm2d):
        with torch.no_grad():
            layer.weight.uniform_(0.5, 1.5, generator=generator)
            layer.bias.uniform_(-0.3, 0.3, generator=generator)
        return
    receptive = math.prod(layer.weight.shape[2:])
    limit = math.sqrt(6 / (receptive * (layer.weight.shape[0] + layer.weight.shape[1])))
    with torch.no_grad():
        layer.weight.uniform_(-limit, limit, generator=generator)
        layer.bias.uniform_(-0.05, 0.05, generator=generator)


def spread(model, images, deviation=1.0):
    """Centres and widens what goes into the last sigmoid: at a real start all images lie close together, and no
    pair would be beyond the margin."""
    with torch.no_grad():
        before = model[:-1](images)
        factor = deviation / before.std(0)
        dense = model[-2]
        dense.bias.copy_((dense.bias - before.mean(0)) * factor)
        dense.weight.mul_(factor[:, None])


def laid_out(name, tensor):
    """PyTorch's [out, in, height, width] and [out, in] in Akin's order; a depthwise convolution has no `in`."""
    if tensor.dim() == 4:
        tensor = tensor.permute(2, 3, 1, 0)
        return tensor.squeeze(2) if name.startswith("depthwise") else tensor
    return tensor.t() if tensor.dim() == 2 else tensor


def write(path, tensors, metadata):
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in sorted(tensors.items()):
        blob = tensor.detach().to(torch.float32).contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    return path.stat().st_size


def step(name, layers, height, width, channels):
    generator = torch.Generator().manual_seed(2026)
    model, names = backbone(layers, height, width, channels, dropout=False)
    head = nn.Linear(layers[-1].units, int(LABELS.max()) + 1)
    parameterised = {names[key]: module for key, module in model.named_modules() if key in names}
    parameterised["head"] = head
    for module in parameterised.values():
        initialise(module, generator)

    # Each image is mostly one of its class.
    patterns = (torch.rand(3, height, width, channels, generator=generator) > 0.6).float()
    images = 0.7 * patterns[LABELS] + 0.3 * torch.rand(len(LABELS), height, width, channels, generator=generator)
    spread(model, images.permute(0, 3, 1, 2))
    normalisations = {
        layer: module for layer, module in parameterised.items() if isinstance(module, nn.BatchNorm2d)}
    for module in normalisations.values():
        module.reset_running_stats()
        module.register_forward_pre_hook(lambda module, x: setattr(module, "places", x[0].numel() // x[0].shape[1]))
    left, right, different = pairs_of(LABELS, generator)
    parameters = {
        f"{layer}.{kind}": getattr(module, kind) for layer, module in parameterised.items()
        for kind in ("weight", "bias")}
    tensors = {f"before/{key}": laid_out(key, value.detach().clone()) for key, value in parameters.items()}

    with torch.no_grad():
        model(images.permute(0, 3, 1, 2))
        for layer, module in normalisations.items():
            biased = (module.running_var - 0.9) / 0.1 * (module.places - 1) / module.places
            module.running_var.copy_(0.9 + 0.1 * biased)
            tensors[f"running/{layer}.moving_mean"] = module.running_mean.clone()
            tensors[f"running/{layer}.moving_variance"] = module.running_var.clone()
        if normalisations:
            tensors["inference"] = model.eval()(images.permute(0, 3, 1, 2))
            model.train()

    optimizer = torch.optim.Adam(parameters.values(), lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
    embeddings = model(images.permute(0, 3, 1, 2))
    logits = head(embeddings)
    contrastive = contrastive_loss(embeddings, left, right, different)
    cross_entropy = classification_loss(logits, LABELS, left, right)
    total = contrastive + CLASSIFICATION_CONTRIBUTION * cross_entropy
    total.backward()
    tensors |= {f"gradient/{key}": laid_out(key, value.grad.clone()) for key, value in parameters.items()}
    optimizer.step()
    tensors |= {f"after/{key}": laid_out(key, value) for key, value in parameters.items()}
    tensors |= {
        "input": images,
        "labels": LABELS.float(),
        "pairs": torch.stack([left.float(), right.float(), different], dim=1),
        "embeddings": embeddings,
        "logits": logits,
        "losses": torch.stack([contrastive, cross_entropy, total]),
    }
    distances = (embeddings[left] - embeddings[right]).square().sum(1).sqrt()[different == 1]
    beyond = int((distances > 1).sum())
    assert 0 < beyond < len(distances), f"{name}: {beyond} of {len(distances)} pairs are beyond the margin"
    size = write(
        FOLDER / f"{name}.safetensors", tensors,
        {"backbone": name, "writer": f"Tools/peers/step_fixtures.py, PyTorch {torch.__version__}"})
    losses = ", ".join(f"{value:.4f}" for value in tensors["losses"].tolist())
    print(f"{name}: {size} bytes; losses {losses}; {beyond} of {len(distances)} negatives beyond the margin")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Sums in one order, whatever the machine has.
    torch.set_num_threads(1)
    for name, case in CASES.items():
        step(name, *case)
