"""Small tables with a known law."""

import numpy as np

from analytics.scoring.rules import CATEGORY, FLAG, NUMBER, Column, Table

COLUMNS = (
    Column("silence", NUMBER, "service"),
    Column("gap", NUMBER, "price"),
    Column("reassigned", FLAG, "service"),
    Column("channel", CATEGORY, "channel"),
    Column("stage", CATEGORY, "stage"),
)


def world(rows=3000, seed=7, shift=0.0):
    """Return a table and its labels: silence, a price gap, a reassignment and the channel count."""
    rng = np.random.default_rng(seed)
    silence = rng.exponential(20, rows) + shift
    gap = rng.normal(0, 1, rows)
    reassigned = (rng.random(rows) < 0.15).astype(float)
    channel = rng.choice(["agent", "walk_in", "video"], rows, p=[0.5, 0.3, 0.2]).astype(object)
    stage = rng.choice(["visit", "reserved"], rows, p=[0.7, 0.3]).astype(object)
    odds = -1.8 + 0.05 * silence + 0.6 * gap + 0.9 * reassigned
    odds += np.where(channel == "video", 0.7, 0.0) - np.where(stage == "reserved", 1.0, 0.0)
    labels = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    silence[rng.random(rows) < 0.05] = np.nan
    given = (silence, gap, reassigned, channel, stage)
    values = dict(zip((column.name for column in COLUMNS), given, strict=True))
    return Table(COLUMNS, values), labels
