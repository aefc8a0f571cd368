"""Which ties make people one buyer, and how a tie reads from its other end (CUS-37). Pure."""

HOUSEHOLD_KINDS = ("spouse", "parent", "child", "co_buyer")
# What ``customer`` is to ``other`` where ``other`` is the … of ``customer``.
SEEN_FROM_THERE = {
    "spouse": "spouse",
    "parent": "child",
    "child": "parent",
    "co_buyer": "co_buyer",
    "friend": "friend",
}
