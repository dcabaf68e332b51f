"""The two-sample Kolmogorov–Smirnov test and what makes its answers honest for many series at once.

`scipy.stats.ks_2samp` does one pair at a time, and the first who asked would wait until SciPy is loaded: what is
needed of it are the few lines here.
"""

from __future__ import annotations

import numpy as np

CORRELATION_MOST = 0.9999
"""Of neighbours; above it nothing could be told apart from standing still."""
TERMS = np.arange(1, 6)[:, None]
"""Of either series for Kolmogorov's limit: on its side of 1 the next term is below 1e-25 of the first."""


def statistic(one: np.ndarray, other: np.ndarray) -> float:
    """The largest distance between the shares of both samples that lie below any number: 0 (alike) to 1.

    Both are sorted, finite and not empty. The same as `scipy.stats.ks_2samp(one, other).statistic`, looked for only at
    the numbers of the smaller one, where its share is ahead, and just below each, where it is behind: between them it
    stands, and the other's only rises. Of equal numbers the last one counts for the former, the first for the latter.
    """
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    shares = np.arange(len(few) + 1) / len(few)
    ahead = shares[1:] - many.searchsorted(few, "right") / len(many)
    behind = many.searchsorted(few, "left") / len(many) - shares[:-1]
    return max(0.0, float(ahead.max()), float(behind.max()))


def p_values(statistics: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """How likely such a distance is between two samples of the same distribution; `sizes`: n·m / (n + m) of each.

    The limit of Kolmogorov (`scipy.stats.kstwobign.sf`) with the correction for small samples of M. A. Stephens, "Use
    of the Kolmogorov–Smirnov, Cramér–von Mises and related statistics without extensive tables", J. R. Stat. Soc. B 32
    (1970) 115–122, as in Numerical Recipes, section 14.3.
    """
    roots = np.sqrt(np.maximum(sizes, np.finfo(float).tiny))
    return beyond((roots + 0.12 + 0.11 / roots) * statistics)


def beyond(distances: np.ndarray) -> np.ndarray:
    """How likely Kolmogorov's limit distribution is beyond these distances (one dimension, 0 or more), as
    `scipy.special.kolmogorov` tells.

    Two series, each where it is quick, as W. Feller, "On the Kolmogorov–Smirnov limit theorems for empirical
    distributions", Ann. Math. Stat. 19 (1948) 177–189, has them.
    """
    far, near = np.maximum(distances, 1.0), np.clip(distances, np.finfo(float).tiny, 1.0)
    with np.errstate(over="ignore", under="ignore"):
        of_far = 2 * np.sum((-1.0) ** (TERMS - 1) * np.exp(-2 * (TERMS * far) ** 2), axis=0)
        of_near = 1 - np.sqrt(2 * np.pi) / near * np.sum(np.exp(-((2 * TERMS - 1) * np.pi / near) ** 2 / 8), axis=0)
    return np.where(distances < 1.0, of_near, of_far)


def independent_share(values: np.ndarray, largest: float | None = None) -> float:
    """What share of the samples of a series in time is independent: (1 - r) / (1 + r), r how alike neighbours are.
    `largest`: the greatest size among them, where that is known.

    A metric that drifts is anywhere but where it was, by itself; without this, every one of them would seem to have
    moved. G. V. Bayley and J. M. Hammersley, "The effective number of independent observations in an autocorrelated
    time series", J. R. Stat. Soc. Suppl. 8 (1946) 184–197, for a series in which only neighbours depend on each other.
    """
    if largest is None:
        largest = float(np.max(np.abs(values)))
    if largest == 0.0:
        return 1.0
    apart = values / largest  # so that no square is infinite or lost
    apart -= np.add.reduce(apart) / len(apart)
    whole = float(apart @ apart)
    if whole == 0.0:
        return 1.0
    alike = min(max(float(apart[1:] @ apart[:-1]) / whole, 0.0), CORRELATION_MOST)
    return (1.0 - alike) / (1.0 + alike)


def adjusted(p: np.ndarray) -> np.ndarray:
    """p-values of many tests at once, as shares of false ones among those that are believed.

    Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57 (1995) 289–300; the
    same as `scipy.stats.false_discovery_control(p)`.
    """
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(1.0, np.minimum.accumulate(ranked[::-1])[::-1])
    return found
