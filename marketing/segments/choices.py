"""The words of segments."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = [
    ("rules", pgettext_lazy("segment", "By rules")),
    ("cluster", pgettext_lazy("segment", "From a cluster analysis")),
    ("preset", pgettext_lazy("segment", "Ready-made")),
]
PRESETS = [
    ("high_value", _("High-value customers")),
    ("unclosed", _("Un-closed customers")),
    ("investors", _("Investors")),
    ("silent_owners", _("Owners not spoken to for half a year")),
]
WAYS = [
    ("all", pgettext_lazy("rule", "all of these")),
    ("any", pgettext_lazy("rule", "any of these")),
    ("none", pgettext_lazy("rule", "none of these")),
]
OPS = [
    ("in", pgettext_lazy("rule", "is one of")),
    ("not_in", pgettext_lazy("rule", "is none of")),
    ("at_least", pgettext_lazy("rule", "at least")),
    ("at_most", pgettext_lazy("rule", "at most")),
    ("between", pgettext_lazy("rule", "between")),
    ("within", pgettext_lazy("rule", "within the last days")),
    ("longer", pgettext_lazy("rule", "longer ago than days")),
    ("never", pgettext_lazy("rule", "never")),
    ("is", pgettext_lazy("rule", "is")),
]
