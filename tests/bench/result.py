# SPDX-License-Identifier: MIT
"""One figure as it stands in the table: its value and its goal."""

import dataclasses
import statistics
import typing


@dataclasses.dataclass
class Result:
    """One line of the table at the end."""
    figure: str
    value: typing.Optional[float]  # None: could not be measured, see note
    unit: str = ""
    goal: typing.Optional[str] = None  # such as "<= 0.88"; None: to inform
    note: str = ""
    broken: bool = False  # the program or the benchmark is at fault

    def is_missed(self):
        if self.value is None or self.goal is None:
            return False
        relation, bound = self.goal.split()
        return not (self.value <= float(bound) if relation == "<="
                    else self.value >= float(bound))


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def ratio(figure, ours, theirs, goal=None):
    """The median of the rounds' own ratios: what drifts cancels out."""
    ratios = [a / b for a, b in zip(ours, theirs)]
    low, high = quartiles(ratios)
    return Result(figure, statistics.median(ratios), "", goal,
                  f"half of the rounds: {low:.2f} to {high:.2f}")
