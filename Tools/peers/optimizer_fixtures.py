#!/usr/bin/env python3
# Run with PyTorch 2.13: python3 Tools/peers/optimizer_fixtures.py
# (writes Tests/Fixtures/networks/optimizers.safetensors)
"""Twenty steps of PyTorch's optimizers and learning rate schedules, for Akin's tests.

Computed in float64 from what stands in the file, all of it float32:

  values [37]: the weights before          gradients [20, 37]: the same for each optimizer
  <optimizer> [20, 37]: the weights after each step; what each is called with is below
  schedule/<name> [20]: the factor of each step, 4 steps to an epoch, 5 epochs
"""

import warnings
from pathlib import Path

import torch
from torch import optim
from torch.optim import lr_scheduler

from step_fixtures import write

FILE = Path(__file__).resolve().parents[2] / "Tests/Fixtures/networks/optimizers.safetensors"
STEPS, COUNT, STEPS_PER_EPOCH, EPOCHS = 20, 37, 4, 5
# AdamW: the first so many weights decay, the others do not.
DECAYED = 20
# Clipped: to this norm.
CLIP = 2.0

OPTIMIZERS = {
    "sgd": lambda w: optim.SGD([w], lr=0.1),
    "momentum": lambda w: optim.SGD([w], lr=0.1, momentum=0.9),
    "nesterov": lambda w: optim.SGD([w], lr=0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda w: optim.RMSprop([w], lr=0.01, alpha=0.9, eps=1e-7),
    "adadelta": lambda w: optim.Adadelta([w], lr=1.0, rho=0.95, eps=1e-7),
    "adam": lambda w: optim.Adam([w], lr=0.01, eps=1e-7),
    "nadam": lambda w: optim.NAdam([w], lr=0.01, eps=1e-7, momentum_decay=0.004),
    "adamw": lambda w: optim.AdamW([w], lr=0.01, eps=1e-7, weight_decay=0.1),
    "clipped": lambda w: optim.SGD([w], lr=0.1, momentum=0.9),
}


def trajectory(name, make, values, gradients):
    parts = values.double().split([DECAYED, COUNT - DECAYED])
    weights = [part.clone().requires_grad_() for part in parts]
    optimizers = [make(weight) for weight in weights]
    if name == "adamw":
        optimizers[1].param_groups[0]["weight_decay"] = 0.0
    after = []
    for gradient in gradients.double():
        for weight, part in zip(weights, gradient.split([DECAYED, COUNT - DECAYED])):
            weight.grad = part.clone()
        if name == "clipped":
            torch.nn.utils.clip_grad_norm_(weights, CLIP)
        for optimizer in optimizers:
            optimizer.step()
        after.append(torch.cat([weight.detach() for weight in weights]))
    return torch.stack(after)


def factors(schedule, steps_between=1):
    """`schedule` moves on after every so many steps."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, found = schedule(optimizer), []
    for step in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % steps_between == 0:
            scheduler.step()
    return torch.tensor(found)


def cosine(warm_up, floor):
    def schedule(optimizer):
        rise = warm_up * STEPS_PER_EPOCH
        fall = lr_scheduler.CosineAnnealingLR(optimizer, STEPS - rise, eta_min=floor)
        if rise == 0:
            return fall
        warm = lr_scheduler.LinearLR(optimizer, 1 / rise, 1.0, total_iters=rise - 1)
        return lr_scheduler.SequentialLR(optimizer, [warm, fall], [rise])
    return schedule


if __name__ == "__main__":
    # SequentialLR itself calls what it warns of.
    warnings.filterwarnings("ignore", category=UserWarning)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(2026)
    values = torch.randn(COUNT, generator=generator)
    # Some gradients are a thousand times smaller than others.
    scale = 10 ** (-3 * torch.rand(COUNT, generator=generator))
    gradients = torch.randn(STEPS, COUNT, generator=generator) * scale
    norms = gradients.norm(dim=1)
    assert norms.min() < CLIP < norms.max(), norms
    tensors = {"values": values, "gradients": gradients}
    for name, make in OPTIMIZERS.items():
        tensors[name] = trajectory(name, make, values, gradients)
    tensors |= {
        "schedule/exponential": factors(lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
        "schedule/step": factors(lambda o: lr_scheduler.StepLR(o, 2, 0.3), STEPS_PER_EPOCH),
        "schedule/cosine": factors(cosine(0, 0.1)),
        "schedule/cosine-warm-up": factors(cosine(2, 0.05)),
    }
    print(FILE.name, write(FILE, tensors, {
        "writer": f"Tools/peers/optimizer_fixtures.py, PyTorch {torch.__version__}"}), "bytes")
    print("norms", [round(norm, 1) for norm in norms.tolist()])
    for name, tensor in tensors.items():
        if name.startswith("schedule"):
            print(name, [round(value, 3) for value in tensor.tolist()])
