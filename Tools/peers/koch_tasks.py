#!/usr/bin/env python3
# Run with PyTorch 2.13, NumPy and Pillow: python3 Tools/peers/koch_tasks.py runs/koch.safetensors
"""What the one-shot tasks of seed 001 measure as they are listed there.

`test_one_shot` calls `model.train_on_batch(inputs, targets)` on each task, then has the model answer the same task. Here a
checkpoint of `Indexes/omniglot/koch.yaml` answers 20-way tasks within alphabets of `images_evaluation_open`: first as it
is, then as listed, with the recipe's rate and L2 penalties, Adam's moments beginning at zero. About six minutes on two cores.
"""

import argparse
import json
import random
import struct
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

WAYS, DRAWERS = 20, 20


def tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
            yield name, torch.from_numpy(values.copy())


class Koch(nn.Module):
    def __init__(self, values):
        super().__init__()
        self.convolutions = nn.ModuleList()
        for i in range(1, 5):
            weight = values[f"conv2d_{i}.weight"]
            layer = nn.Conv2d(weight.shape[2], weight.shape[3], weight.shape[0])
            layer.weight.data = weight.permute(3, 2, 0, 1).contiguous()
            layer.bias.data = values[f"conv2d_{i}.bias"]
            self.convolutions.append(layer)
        self.dense, self.similarity = nn.Linear(1, 1), nn.Linear(1, 1)
        for layer, name in ((self.dense, "dense_1"), (self.similarity, "similarity")):
            layer.weight.data = values[f"{name}.weight"].T.contiguous()
            layer.bias.data = values[f"{name}.bias"]

    def forward(self, question, support):
        x = torch.cat([question[None], support])
        for i, layer in enumerate(self.convolutions):
            x = torch.relu(layer(x))
            if i < 3:
                x = torch.max_pool2d(x, 2)
        x = torch.sigmoid(self.dense(x.permute(0, 2, 3, 1).flatten(1)))
        return self.similarity((x[:1] - x[1:]).abs())[:, 0]

    def penalty(self):
        return 2e-4 * sum((layer.weight**2).sum() for layer in self.convolutions) + 1e-3 * (self.dense.weight**2).sum()


def picture(path):
    return torch.from_numpy(1 - np.asarray(Image.open(path).convert("L"), dtype=np.float32) / 255)[None]


def task(alphabets, rng):
    """A question, and a drawing of each of 20 characters, the first of them the question's by another drawer."""
    characters = rng.sample(rng.choice(alphabets), WAYS)
    asked, shown = rng.sample(range(DRAWERS), 2)
    support = [picture(drawings[rng.randrange(DRAWERS) if i else shown]) for i, drawings in enumerate(characters)]
    return picture(characters[0][asked]), torch.stack(support)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--tasks", type=int, default=250)
    parser.add_argument("--images", type=Path, default=Path("datasets/omniglot/images_evaluation_open"))
    options = parser.parse_args()
    torch.set_num_threads(2)
    net = Koch(dict(tensors(options.checkpoint)))
    alphabets = [
        [sorted(character.glob("*.png")) for character in sorted(alphabet.iterdir())]
        for alphabet in sorted(options.images.iterdir())
    ]
    alphabets = [characters for characters in alphabets if len(characters) >= WAYS]
    rng = random.Random(1)
    tasks = [task(alphabets, rng) for _ in range(options.tasks)]

    def is_right(question, support):
        with torch.no_grad():
            return int(net(question, support).argmax()) == 0

    right = sum(is_right(*one) for one in tasks)
    print(f"as the checkpoint is: {right} of {len(tasks)} right", flush=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=9e-5, eps=1e-7)
    targets = torch.tensor([1.0] + [0.0] * (WAYS - 1))
    right = 0
    for one in tasks:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(net(*one), targets) + net.penalty()
        loss.backward()
        optimizer.step()
        right += is_right(*one)
    print(f"trained on each task before it is answered: {right} of {len(tasks)} right")


if __name__ == "__main__":
    main()
