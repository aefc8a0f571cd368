"""The rule of a segment: a small tree over fields of an allow-list (MKT-77). Pure.

A group holds ``all``, ``any`` or ``none`` of its parts; a leaf compares one field. A value that is
not known matches no comparison, so ``none`` of it holds. ``matches`` is the definition of what the
queries of ``marketing.segments.lookups`` return.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

DEEPEST = 4
MOST_LEAVES = 30
MOST_VALUES = 100
LONGEST_WORD = 120
MOST_DAYS = 20_000


class Way(StrEnum):
    """How many parts of a group must hold."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class FieldKind(StrEnum):
    """What a field holds, and so how it can be compared."""

    CHOICE = "choice"
    WORD = "word"
    KEY = "key"
    NUMBER = "number"
    DAYS = "days"  # days gone by since something happened; None where it never did
    FLAG = "flag"


class Op(StrEnum):
    """The comparisons."""

    IN = "in"
    NOT_IN = "not_in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    WITHIN = "within"
    LONGER = "longer"
    NEVER = "never"
    IS = "is"


LISTS: Final = (Op.IN, Op.NOT_IN)
OPS: Final[Mapping[FieldKind, tuple[Op, ...]]] = {
    FieldKind.CHOICE: LISTS,
    FieldKind.WORD: LISTS,
    FieldKind.KEY: LISTS,
    FieldKind.NUMBER: (Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
    FieldKind.DAYS: (Op.WITHIN, Op.LONGER, Op.NEVER),
    FieldKind.FLAG: (Op.IS,),
}


class Fault(StrEnum):
    """Why a tree cannot be a rule."""

    SHAPE = "shape"
    EMPTY = "empty"
    DEEP = "deep"
    LONG = "long"
    MASKED = "masked"
    UNKNOWN = "unknown"
    OP = "op"
    VALUE = "value"


class TreeError(ValueError):
    """The tree is no rule: what is wrong, and with which field."""

    def __init__(self, fault: Fault, field: str = "") -> None:
        super().__init__(f"{fault.value} {field}".strip())
        self.fault, self.field = fault, field


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison: lists hold a tuple, ``between`` a pair, ``never`` nothing."""

    field: str
    op: Op
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all, any or none hold."""

    way: Way
    parts: "tuple[Leaf | Group, ...]"


Node = Leaf | Group


def read(data: Any, *, fields: Mapping[str, FieldKind], masked: frozenset[str]) -> Group:
    """Return the rule written in ``data`` (JSON); raise TreeError for anything else.

    A masked field is refused before all else is looked at, so that no size tells its value.
    """
    _refuse_masked(data, masked, 0)
    node = _read(data, fields, 1)
    if not isinstance(node, Group):
        raise TreeError(Fault.SHAPE)
    if len(leaves(node)) > MOST_LEAVES:
        raise TreeError(Fault.LONG)
    return node


def leaves(node: Node) -> list[Leaf]:
    """Return all comparisons of a tree, in order."""
    if isinstance(node, Leaf):
        return [node]
    return [leaf for part in node.parts for leaf in leaves(part)]


def write(node: Node) -> dict[str, Any]:
    """Return a rule as JSON; ``read`` gives the same rule back."""
    if isinstance(node, Group):
        return {"way": node.way.value, "parts": [write(part) for part in node.parts]}
    value = node.value
    if isinstance(value, tuple):
        value = [_plain(each) for each in value]
    return {"field": node.field, "op": node.op.value, "value": _plain(value)}


def matches(node: Node, facts: Mapping[str, Any]) -> bool:
    """Return whether somebody with these ``facts`` belongs; a field not given is not known.

    Facts of choices, words and keys may be a set (tags, states of leads): one in common counts.
    """
    if isinstance(node, Group):
        held = [matches(part, facts) for part in node.parts]
        if node.way is Way.ALL:
            return all(held)
        return any(held) if node.way is Way.ANY else not any(held)
    return bool(_TESTS[node.op](facts.get(node.field), node.value))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _refuse_masked(data: Any, masked: frozenset[str], depth: int) -> None:
    if not isinstance(data, Mapping) or depth > DEEPEST + 1:
        return
    field = data.get("field")
    if isinstance(field, str) and (field in masked or field.split(":", 1)[0] in masked):
        raise TreeError(Fault.MASKED, field)
    parts = data.get("parts")
    for part in parts if isinstance(parts, list) else ():
        _refuse_masked(part, masked, depth + 1)


def _read(data: Any, fields: Mapping[str, FieldKind], depth: int) -> Node:
    if not isinstance(data, Mapping):
        raise TreeError(Fault.SHAPE)
    return _leaf(data, fields) if "field" in data else _group(data, fields, depth)


def _group(data: Mapping[str, Any], fields: Mapping[str, FieldKind], depth: int) -> Group:
    parts = data.get("parts")
    if set(data) != {"way", "parts"} or not isinstance(parts, list):
        raise TreeError(Fault.SHAPE)
    if data["way"] not in {way.value for way in Way}:
        raise TreeError(Fault.SHAPE)
    if not parts:
        raise TreeError(Fault.EMPTY)
    if depth > DEEPEST:
        raise TreeError(Fault.DEEP)
    return Group(Way(data["way"]), tuple(_read(part, fields, depth + 1) for part in parts))


def _leaf(data: Mapping[str, Any], fields: Mapping[str, FieldKind]) -> Leaf:
    name, op = data["field"], data.get("op")
    if not isinstance(name, str) or not set(data) <= {"field", "op", "value"}:
        raise TreeError(Fault.SHAPE)
    if name not in fields:
        raise TreeError(Fault.UNKNOWN, name[:60])
    kind = fields[name]
    if op not in {each.value for each in OPS[kind]}:
        raise TreeError(Fault.OP, name)
    try:
        value = _value(kind, Op(op), data.get("value"))
    except (TypeError, ValueError, InvalidOperation) as error:
        raise TreeError(Fault.VALUE, name) from error
    return Leaf(name, Op(op), value)


def _value(kind: FieldKind, op: Op, value: Any) -> Any:
    if op is Op.NEVER:
        return None
    if op in LISTS:
        return _several(kind, value)
    if op is Op.BETWEEN:
        low, high = (_number(each) for each in value)
        if low > high:
            raise ValueError("upside down")
        return (low, high)
    if kind is FieldKind.FLAG:
        if not isinstance(value, bool):
            raise ValueError("no flag")
        return value
    return _days(value) if kind is FieldKind.DAYS else _number(value)


def _several(kind: FieldKind, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        raise ValueError("no list")
    read_one = _key if kind is FieldKind.KEY else _word
    return tuple(dict.fromkeys(read_one(each) for each in value))


def _word(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_WORD:
        raise ValueError("no word")
    return value.strip()


def _key(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("no key")
    number = int(value)
    if not 0 < number < 2**63:
        raise ValueError("no key")
    return number


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("no days")
    days = int(value)
    if not 0 <= days <= MOST_DAYS:
        raise ValueError("no days")
    return days


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("no number")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValueError("no number")
    return number


def _held(fact: Any) -> frozenset[Any]:
    if fact is None or fact == "":
        return frozenset()
    return (
        frozenset(fact) if isinstance(fact, set | frozenset | list | tuple) else frozenset({fact})
    )


_TESTS: Final[Mapping[Op, Any]] = {
    Op.IN: lambda fact, value: bool(_held(fact) & set(value)),
    Op.NOT_IN: lambda fact, value: not _held(fact) & set(value),
    Op.AT_LEAST: lambda fact, value: fact is not None and fact >= value,
    Op.AT_MOST: lambda fact, value: fact is not None and fact <= value,
    Op.BETWEEN: lambda fact, value: fact is not None and value[0] <= fact <= value[1],
    Op.WITHIN: lambda fact, value: fact is not None and fact <= value,
    Op.LONGER: lambda fact, value: fact is not None and fact > value,
    Op.NEVER: lambda fact, _value: fact is None,
    Op.IS: lambda fact, value: bool(fact) is value,
}
