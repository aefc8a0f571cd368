"""What may stand in an audit event: keys, counts and names of fields, never personal data. Pure."""

import re
from typing import Any

# Parts of a key ("_" separates them) under which a personal value would stand.
PERSONAL_WORDS = frozenset(
    {
        *("phone", "mobile", "tel", "telephone", "contact", "email", "mail", "wechat", "address"),
        *("name", "surname", "birthday", "birth", "passport", "identity"),
        *("income", "salary", "credit", "password", "secret", "token"),
    }
)
PERSONAL_KEYS = frozenset({"id_number", "id_card", "id_no", "identity_number"})
ALLOWED_KEYS = frozenset({"file_name", "field_name"})
# A mainland mobile number or an identity-card number, wherever it stands.
PERSONAL_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\d{17}[\dXx])(?![0-9A-Za-z])"
)
LONG_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}[Xx]?")
HIDDEN = "****"


class PersonalFactError(ValueError):
    """A fact that would put personal data into the trail; the message names the key."""


def check_facts(facts: Any, *, path: str = "facts") -> None:
    """Raise PersonalFactError if a key or value in ``facts`` is personal, at any depth (A-32)."""
    if isinstance(facts, dict):
        for key, value in facts.items():
            if _is_personal(str(key)):
                raise PersonalFactError(f"{path}.{key}")
            check_facts(value, path=f"{path}.{key}")
    elif isinstance(facts, list | tuple):
        for value in facts:
            check_facts(value, path=path)
    elif isinstance(facts, str) and PERSONAL_NUMBER.search(facts):
        raise PersonalFactError(path)


def clean_reason(text: str) -> str:
    """Return a typed reason with numbers of seven or more digits hidden and NUL removed."""
    return LONG_NUMBER.sub(HIDDEN, text.replace("\0", " ")).strip()


def _is_personal(key: str) -> bool:
    lowered = key.lower()
    if lowered in ALLOWED_KEYS:
        return False
    return lowered in PERSONAL_KEYS or not PERSONAL_WORDS.isdisjoint(re.split(r"[_.\- ]", lowered))
