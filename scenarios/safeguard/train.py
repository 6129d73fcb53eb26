"""Train the head that ships: `python -m scenarios.safeguard.train`. Deterministic; needs the extra `evidence`.

Logistic regression over counts of character n-grams, with an L2 penalty, by L-BFGS (SciPy). Every text is cut into the
windows that the head looks at; a window has its text's label. Weights are rounded to thousandths, and those that
round to little are left out. A fifth of the texts, chosen by their digest, is held out and says what it is worth.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, xlogy

from licet.gate.classifiers.head import SCALE, STEP, WINDOW, Head, grams, plain, written

HERE = Path(__file__).parent
TEXTS = HERE / "texts.csv"
HEAD = HERE.parents[1] / "src/licet/gate/classifiers/head.json"
NAME = "licet-demonstration-head"
ABOUT = (
    "A demonstration, trained on the harmless texts of scenarios/safeguard for a stand-in policy: it protects nothing."
)
PENALTY = 0.3
SEEN_AT_LEAST = 3
"""Windows in which an n-gram must have been seen to count."""

NEGLIGIBLE = 20
"""Weights of less than this many thousandths are left out."""


class Text(NamedTuple):
    """A labelled text. `held_out` is one that the training does not see."""

    flagged: bool
    text: str

    @property
    def held_out(self) -> bool:
        """Chosen by its digest, so that a text that is added moves no other."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 5 == 0


class Quality(NamedTuple):
    """Texts that should be flagged and were, out of how many; texts that should not and were not, out of how many."""

    found: int
    flagged: int
    spared: int
    harmless: int


def read_texts(path: Path) -> list[Text]:
    """The labelled texts of a file."""
    with path.open(encoding="utf-8", newline="") as rows:
        return [Text(row["label"] == "flag", row["text"]) for row in csv.DictReader(rows)]


def cut(text: str) -> Iterable[str]:
    """The windows of a text, as the head has them."""
    whole = plain(text)
    last = max(len(whole) - WINDOW, 0)
    return (whole[start : start + WINDOW] for start in (*range(0, last, STEP), last))


def train(texts: Sequence[Text]) -> Head:
    """A head from labelled texts; the same texts give the same head."""
    windows = [(each.flagged, Counter(grams(window))) for each in texts for window in cut(each.text)]
    seen = Counter(gram for _, counts in windows for gram in counts)
    column = {gram: number for number, gram in enumerate(sorted(g for g, n in seen.items() if n >= SEEN_AT_LEAST))}
    cells = [
        (row, column[gram], count)
        for row, (_, counts) in enumerate(windows)
        for gram, count in counts.items()
        if gram in column
    ]
    rows, columns, counted = zip(*cells, strict=True)
    features = csr_matrix((counted, (rows, columns)), shape=(len(windows), len(column)), dtype=float)
    labels = numpy.array([flagged for flagged, _ in windows], dtype=float)
    weights, bias = fitted(features, labels)
    kept = {gram: round(SCALE * weights[number]) for gram, number in column.items()}
    kept = {gram: weight for gram, weight in kept.items() if abs(weight) >= NEGLIGIBLE}
    version = hashlib.sha256("\n".join(f"{each.flagged} {each.text}" for each in texts).encode()).hexdigest()[:12]
    return Head(NAME, version, kept, round(SCALE * bias))


def fitted(features: csr_matrix, labels: numpy.ndarray) -> tuple[numpy.ndarray, float]:
    """The weights and the bias of the least penalised loss; both labels count alike, however many there are of each."""
    share = labels.mean()
    importance = numpy.where(labels == 1, 0.5 / share, 0.5 / (1 - share))

    def loss(point: numpy.ndarray) -> tuple[float, numpy.ndarray]:
        weights, bias = point[:-1], point[-1]
        likely = numpy.clip(expit(features @ weights + bias), 1e-12, 1 - 1e-12)
        fit = -(importance * (xlogy(labels, likely) + xlogy(1 - labels, 1 - likely))).sum()
        error = importance * (likely - labels)
        slope = numpy.append(features.T @ error + PENALTY * weights, error.sum())
        return float(fit + PENALTY / 2 * weights @ weights), slope

    found = minimize(loss, numpy.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return found.x[:-1], float(found.x[-1])


def quality(head: Head, texts: Iterable[Text], at: float = 0.5) -> Quality:
    """How it does on labelled texts."""
    flagged = [head.score(each.text) >= at for each in texts if each.flagged]
    spared = [head.score(each.text) < at for each in texts if not each.flagged]
    return Quality(sum(flagged), len(flagged), sum(spared), len(spared))


def main() -> None:
    """Train, say what it is worth on the texts held out, and write the head."""
    texts = read_texts(TEXTS)
    seen, unseen = [each for each in texts if not each.held_out], [each for each in texts if each.held_out]
    head = train(seen)
    for name, part in (("trained on", seen), ("held out", unseen)):
        found = quality(head, part)
        print(f"{name}: {found.found} of {found.flagged} flagged, {found.spared} of {found.harmless} harmless spared")
    content = written(head.name, head.version, head.weights.items(), head.bias, ABOUT)
    HEAD.write_bytes(content)
    sys.stdout.write(f"{HEAD.name}: {len(head.weights)} n-grams, {len(content)} bytes, version {head.version}\n")


if __name__ == "__main__":
    main()
