#!/usr/bin/env python3
# Run: python3 Tools/peers/map_fixtures.py   (writes Tests/Fixtures/maps/scikit-learn.json)
"""What scikit-learn makes of a few vectors on a plane, for Akin's tests.

  vectors           80 of 6 dimensions, in 4 groups
  points            on a plane, near what the vectors are
  trustworthiness   of the points for each metric and number of neighbours
  pca, share        principal components, and what share of the variance they show; turned as Akin turns them
"""

import json
import pathlib

import numpy
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

FILE = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/maps/scikit-learn.json"


def main():
    generator = numpy.random.default_rng(7)
    centres = generator.normal(size=(4, 6)) * 2
    vectors = (centres[numpy.arange(80) % 4] + generator.normal(size=(80, 6))).astype(numpy.float32)
    points = (vectors[:, :2] + generator.normal(size=(80, 2)) * 0.5).astype(numpy.float32)
    pca = PCA(2).fit(vectors.astype(numpy.float64))
    signs = numpy.array([numpy.sign(row[numpy.abs(row).argmax()]) for row in pca.components_])
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps({
        "dimension": 6,
        "vectors": [float(value) for value in vectors.ravel()],
        "points": [float(value) for value in points.ravel()],
        "trustworthiness": [
            {"metric": name, "neighbours": k, "value": float(trustworthiness(vectors, points, n_neighbors=k, metric=metric))}
            for name, metric in (("l2", "euclidean"), ("l1", "manhattan"), ("cosine", "cosine")) for k in (1, 5, 12, 39)],
        "pca": [float(value) for value in ((vectors - pca.mean_) @ pca.components_.T * signs).ravel()],
        "share": float(pca.explained_variance_ratio_.sum()),
    }, indent=1) + "\n")


if __name__ == "__main__":
    main()
