"""Sold homes, a building node before them, and the people who change them."""


__all__ = [
    *("building", "buyer", "buyers", "colleague", "make_units", "node", "pages", "project"),
    *("seller", "unit"),
]
