"""What the figures of an experiment let anybody decide (MKT-41). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm_site.common.proportions import MISMATCH, Comparison, Share, balance, compare


class Standing(StrEnum):
    """Whether the figures may decide."""

    TOO_FEW = "too_few"
    MISMATCH = "mismatch"
    READY = "ready"


class Decision(StrEnum):
    """What is decided."""

    ADOPT = "adopt"
    KEEP = "keep"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant: how many were drawn, how many of them count already, how many succeeded."""

    key: str
    weight: int
    drawn: int
    share: Share


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each variant beside the control, and whether the draw and the numbers hold.

    ``alpha`` is shared out among the comparisons (Bonferroni), so that many variants do not make
    a winner by chance.
    """

    standing: Standing
    chi2: float
    srm_p: float
    alpha: float
    compared: tuple[tuple[str, Comparison], ...]

    def advised(self) -> tuple[Decision, str]:
        """Return what the figures say, and the key of the winner where there is one."""
        if self.standing is not Standing.READY:
            return Decision.OPEN, ""
        clear = [(key, one) for key, one in self.compared if one.is_clear(self.alpha)]
        better = [(one.difference, key) for key, one in clear if one.difference > 0]
        if better:
            return Decision.ADOPT, max(better)[1]
        return (Decision.KEEP, "") if len(clear) == len(self.compared) else (Decision.OPEN, "")


def judge(control: Arm, variants: Sequence[Arm], *, least: int, alpha: float = 0.05) -> Verdict:
    """Return the verdict; nothing is compared while an arm has nobody who counts."""
    arms = (control, *variants)
    chi2, srm_p = balance([arm.drawn for arm in arms], [arm.weight for arm in arms])
    standing = Standing.READY
    if srm_p < MISMATCH:
        standing = Standing.MISMATCH
    elif min(arm.share.n for arm in arms) < max(1, least):
        standing = Standing.TOO_FEW
    compared = tuple(
        (arm.key, compare(control.share, arm.share))
        for arm in variants
        if arm.share.n and control.share.n
    )
    return Verdict(standing, chi2, srm_p, alpha / max(1, len(variants)), compared)
