"""What the model register refuses, in the words of the pages."""

from django.utils.translation import gettext as _

from analytics.scoring.rules.errors import ScoringRefusedError
from crm_site.common.refusals import RefusedError


class NoModelError(RefusedError):
    """No usable model of this kind."""

    code = "no_score_model"


class ModelRefusedError(RefusedError):
    """This version may not be put into use."""

    code = "score_model_refused"


def words_of(code: str, **names: object) -> str:
    """Return a refusal of the rules as a sentence that says what to do."""
    text = _sentences().get(code, _("The model cannot be used (%(code)s)."))
    return text % {"code": code, **_plain(names)}


def words_of_error(error: ScoringRefusedError) -> str:
    """Return the sentence of a refusal raised by the rules."""
    return words_of(error.code, **error.names)


def _plain(names: dict[str, object]) -> dict[str, object]:
    return {
        key: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for key, value in names.items()
    }


def _sentences() -> dict[str, str]:
    return {
        "nobody_lost": _("None of the %(rows)s rows is a loss. Choose a longer period."),
        "nobody_stayed": _("All %(rows)s rows are losses. Check which column is the outcome."),
        "too_few_cases": _(
            "%(lost)s losses and %(stayed)s others are too few to learn from; "
            "%(least)s of each are needed."
        ),
        "labels_not_0_or_1": _("The outcome must be yes or no in every row."),
        "card_without_inputs": _("The expert card has no input that varies in these rows."),
        "base_rates": _("The expert card needs the usual share of losses, between 0 and 1."),
        "checksum": _("The stored model was changed after it was stored. Train it again."),
        "not_a_model": _("What is stored is not a model. Train it again."),
        "other_format": _("The stored model has another format (%(found)s). Train it again."),
        "unreadable": _("The stored model cannot be read (%(part)s). Train it again."),
        "ece": _("Its probabilities are off by %(value)s on average; %(most)s is allowed."),
        "leak": _(
            "%(column)s alone tells the outcome (AUC %(auc)s). "
            "Confirm it by name, or leave it out and train again."
        ),
        "no_later_window": _("It was not tested on a later period."),
    }
