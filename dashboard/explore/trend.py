"""A straight line through a series that outliers do not turn, and how sure its slope is.

Written out rather than taken from `scipy.stats`, which costs a second and 60 MB to import; tests hold it against
`scipy.stats.theilslopes` and `kendalltau`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from dashboard.explore.kolmogorov_smirnov import independent_share

CONFIDENCE = 0.95
_DEVIATIONS = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class Trend:
    """`level` at `middle_s` (Unix seconds), and a `slope` a second with its 95 % interval.

    `p_value`: how likely so steady a rise or fall is by chance. `spread`: robust standard deviation around the line.
    `samples` are those that count as independent.
    """

    level: float
    middle_s: float
    slope: float
    slope_low: float
    slope_high: float
    p_value: float
    spread: float
    samples: float

    def at(self, times: np.ndarray) -> np.ndarray:
        """The line at Unix seconds (n)."""
        return self.level + self.slope * (times - self.middle_s)

    def spread_of(self, times: np.ndarray, values: np.ndarray) -> float:
        """The robust standard deviation of values around the line."""
        return _spread(values - self.at(times))

    def half_width(self, times: np.ndarray) -> np.ndarray:
        """Half of the 95 % interval for a single sample at these times: the spread around the line, and how the line
        itself may be tilted, which grows with the distance."""
        slope_error = (self.slope_high - self.slope_low) / 2 / _DEVIATIONS
        level_error = self.spread / np.sqrt(self.samples)
        return _DEVIATIONS * np.sqrt(self.spread**2 + level_error**2 + (slope_error * (times - self.middle_s))**2)


def trend_of(times: np.ndarray, values: np.ndarray) -> Trend | None:
    """The trend of a few hundred finite values at rising times; None of fewer than 3.

    The slope is the median of the slopes between all pairs, with its interval: P. K. Sen, "Estimates of the regression
    coefficient based on Kendall's tau", J. Am. Stat. Assoc. 63 (1968) 1379–1389. Its p-value is that of the
    Mann–Kendall test. Both take neighbours that are alike into account: the variance of the test is divided by the
    share of samples that are independent around the line (S. Yue and C. Wang, "The Mann–Kendall test modified by
    effective sample size", Water Resources Management 18 (2004) 201–218).
    """
    if len(times) < 3:
        return None
    one, other = np.triu_indices(len(times), 1)
    rises = values[other] - values[one]
    slopes = np.sort(rises / (times[other] - times[one]))
    slope = float(np.median(slopes))
    middle_s = float(np.median(times))
    level = float(np.median(values - slope * (times - middle_s)))
    apart = values - level - slope * (times - middle_s)
    share = independent_share(apart)
    variance = _variance(values) / share
    if variance == 0:
        return Trend(level, middle_s, slope, slope, slope, 1.0, 0.0, len(times) * share)
    # One step towards 0, since the sum only takes every other number.
    score = float(np.sign(rises).sum())
    z = (abs(score) - 1) / np.sqrt(variance) if score else 0.0
    low, high = _interval(slopes, np.sqrt(variance))
    return Trend(level, middle_s, slope, low, high, min(1.0, chance_of(z)), _spread(apart),
                 max(1.0, len(times) * share))


def chance_of(z: float) -> float:
    """How often a number of a normal distribution lies at least `z` deviations away from its middle, to either side."""
    return math.erfc(abs(z) / math.sqrt(2))


def _spread(apart: np.ndarray) -> float:
    """Around 0; the ordinary deviation where more than half lie on it."""
    return _MAD_TO_DEVIATION * float(np.median(np.abs(apart))) or float(np.sqrt(np.mean(apart**2)))


def _variance(values: np.ndarray) -> float:
    """Of Kendall's score where there is no trend, with the correction for equal values."""
    counts = np.unique(values, return_counts=True)[1].astype(float)
    size = float(len(values))
    return (size * (size - 1) * (2 * size + 5) - float((counts * (counts - 1) * (2 * counts + 5)).sum())) / 18


def _interval(slopes: np.ndarray, deviation: float) -> tuple[float, float]:
    """The slopes that lie as far from the middle of all as chance may take it, by Sen."""
    reach = _DEVIATIONS * deviation
    upper = min(int(np.round((len(slopes) + reach) / 2)), len(slopes) - 1)
    lower = max(int(np.round((len(slopes) - reach) / 2)) - 1, 0)
    return float(slopes[lower]), float(slopes[upper])
