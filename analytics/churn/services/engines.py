"""Which model scores which stage: the one in use, else the card (design 3.4)."""

from dataclasses import dataclass, field
from typing import Any, Final

from analytics.churn.policies import ChurnLevels
from analytics.churn.rules.delivered import delivered_card
from analytics.churn.rules.words import Stage
from analytics.scoring.errors import NoModelError
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.champion import Champion
from analytics.scoring.services.registering import model_in_use

KIND: Final = "churn"
SCORED: Final = (Stage.LEAD, Stage.VISIT, Stage.RESERVATION, Stage.SIGNED)


@dataclass(frozen=True)
class Engine:
    """What scores a stage; version 0 is the card as delivered."""

    champion: Champion
    version: int = 0
    row: ScoreModel | None = None

    @property
    def name(self) -> str:
        """The method: card, logistic …"""
        return self.champion.engine


@dataclass(frozen=True)
class Engines:
    """The engine of each stage by its place; a stage whose model cannot be read has none.

    ``kept_back`` says in words why the scores of a stage stay as they are, ``passed_over`` which
    broken versions were passed over for an older one.
    """

    by_stage: dict[int, Engine] = field(default_factory=dict)
    kept_back: dict[str, str] = field(default_factory=dict)
    passed_over: dict[str, list[str]] = field(default_factory=dict)

    @property
    def used(self) -> dict[str, Any]:
        """Return what is written down of a run: stage -> engine and version."""
        return {
            SCORED[place].value: [engine.name, engine.version]
            for place, engine in self.by_stage.items()
        }


def engines_in_use(levels: ChurnLevels) -> Engines:
    """Return what scores each stage now; a broken model keeps its stage back, never the others."""
    found = Engines()
    for place, stage in enumerate(SCORED):
        try:
            used = model_in_use(KIND, stage.value)
        except NoModelError as missing:
            if ScoreModel.objects.of(KIND, stage.value).filter(activated_at__isnull=False).exists():
                found.kept_back[stage.value] = str(missing)
                continue
            rate = levels.base_rates[stage.value] / 1000
            found.by_stage[place] = Engine(delivered_card(rate))
            continue
        found.by_stage[place] = Engine(used.champion, used.row.version, used.row)
        if used.skipped:
            found.passed_over[stage.value] = list(used.skipped)
    return found
