#!/usr/bin/env python3
# Run with PyTorch 2.13: python3 Tools/peers/loss_fixtures.py   (writes Tests/Fixtures/losses/losses.safetensors)
"""Losses of one small batch and their gradients, computed by PyTorch in double precision, for Akin's tests.

The formulas are written down from the papers; what PyTorch has a function for is taken from there. All float32:

  embeddings [12, 7]           labels [12]: the class of each image, 4 of 6 classes with 3 images each
  triplets [count, 3]: positions of anchor, positive and negative
  proxies [7, 6]               a direction for each class in its column
  <loss>/value [1], <loss>/gradient [12, 7], and normalised-softmax/proxies [7, 6], the proxies' gradient
"""

import torch
import torch.nn.functional as F

from step_fixtures import FOLDER, write

SHOTS = 2
MARGIN, TEMPERATURE, ALPHA, BETA, BASE, MINING_MARGIN, SCALE, COSINE_MARGIN = 1, 0.2, 2, 50, 0.5, 0.1, 30, 0.35


def triplet(x, labels, triplets, proxies):
    anchor, positive, negative = (x[column] for column in triplets.T)
    return F.triplet_margin_loss(anchor, positive, negative, margin=MARGIN, p=2, eps=0)


def prototypical(x, labels, triplets, proxies):
    ways = x.reshape(4, 3, -1)
    queries = ways[:, SHOTS:].flatten(0, 1)
    scores = -torch.cdist(queries, ways[:, :SHOTS].mean(1), compute_mode="donot_use_mm_for_euclid_dist").square()
    return F.cross_entropy(scores, torch.arange(4).repeat_interleave(3 - SHOTS))


def supervised_contrastive(x, labels, triplets, proxies):
    """Khosla et al. 2020, equation 2."""
    scores = F.normalize(x) @ F.normalize(x).T / TEMPERATURE
    itself = torch.eye(len(x), dtype=torch.bool)
    same = (labels[:, None] == labels) & ~itself
    logarithms = scores - scores.masked_fill(itself, -torch.inf).logsumexp(1, keepdim=True)
    return -((logarithms * same).sum(1) / same.sum(1)).mean()


def multi_similarity(x, labels, triplets, proxies):
    """Wang et al. 2019, equations 11 to 15."""
    cosines = F.normalize(x) @ F.normalize(x).T
    total = 0
    for i in range(len(x)):
        others = torch.arange(len(x)) != i
        positives, negatives = cosines[i][(labels == labels[i]) & others], cosines[i][labels != labels[i]]
        near = negatives[negatives > positives.min() - MINING_MARGIN]
        far = positives[positives < negatives.max() + MINING_MARGIN]
        total = total + torch.log1p(torch.exp(-ALPHA * (far - BASE)).sum()) / ALPHA
        total = total + torch.log1p(torch.exp(BETA * (near - BASE)).sum()) / BETA
    return total / len(x)


def normalised_softmax(x, labels, triplets, proxies):
    """Wang et al. 2018, equation 4."""
    cosines = F.normalize(x) @ F.normalize(proxies, dim=0)
    return F.cross_entropy(SCALE * (cosines - COSINE_MARGIN * F.one_hot(labels, proxies.shape[1])), labels)


if __name__ == "__main__":
    generator = torch.Generator().manual_seed(2026)
    labels = torch.tensor([4, 0, 2, 1]).repeat_interleave(3)
    centres = torch.rand(6, 7, generator=generator)
    x = (centres[labels] + 0.8 * torch.rand(12, 7, generator=generator)).double().requires_grad_()
    proxies = torch.randn(7, 6, generator=generator).double().requires_grad_()
    triplets = torch.tensor([
        (a, p, n) for a in range(12) for p in range(12) for n in range(12)
        if a != p and labels[a] == labels[p] and labels[a] != labels[n]])
    tensors = {"embeddings": x, "labels": labels, "triplets": triplets, "proxies": proxies}
    for loss in (triplet, prototypical, supervised_contrastive, multi_similarity, normalised_softmax):
        x.grad = proxies.grad = None
        value = loss(x, labels, triplets, proxies)
        value.backward()
        name = loss.__name__.replace("_", "-")
        tensors |= {f"{name}/value": value.reshape(1), f"{name}/gradient": x.grad}
        if proxies.grad is not None:
            tensors[f"{name}/proxies"] = proxies.grad
        print(f"{name}: {value.item():.6f}")
    folder = FOLDER.parent / "losses"
    folder.mkdir(parents=True, exist_ok=True)
    write(
        folder / "losses.safetensors", tensors,
        {"writer": f"Tools/peers/loss_fixtures.py, PyTorch {torch.__version__}"})
