# SPDX-License-Identifier: MIT
"""The worst that a client can make of the memory of a connection: the shapes
of tests/e2e/hostile.py, measured as tests/attack/run does."""

import os
import pathlib
import sys

from result import Result

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import hostile  # noqa: E402

SECONDS = 0.1  # its processor time is of no interest here


def measure(mta_stsd, count, say):
    """For each stage the shape that takes most."""
    os.environ["MTA_STSD"] = str(mta_stsd)
    hostile.raise_limit()
    worst = {}
    for shape in hostile.SHAPES + hostile.URGENT:
        _, used = hostile.measure(shape, count, SECONDS)
        say(f"memory per connection, {shape.stage.name}, {shape.name}: "
            f"{used:.2f} kB")
        worst[shape.stage] = max(worst.get(shape.stage, (0, "")),
                                 (used, shape.name))
    return [Result(f"worst memory {stage.name}", used, "kB",
                   f"<= {stage.most_kb}", name)
            for stage, (used, name) in worst.items()]
