"""A home that was sold with many words."""


__all__ = [
    *("building", "buyer", "colleague", "make_units", "pages", "project", "seller", "unit"),
]
