"""The addresses of score models: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, KEEP = "see score models", "keep score models"
SCORING_DOORS: dict[str, Door] = {
    "analytics:score-models": page(SEE),
    "analytics:score-model": page(SEE),
    "analytics:score-model-training": page(SEE, get=302),
    "analytics:score-model-train": action(KEEP, 409),
    "analytics:score-model-activate": page(KEEP, post=422),
    "analytics:score-model-roll-back": page(KEEP, get=409, post=409),
}
