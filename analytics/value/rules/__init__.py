"""Formulas and models of customer value; no Django here."""
