"""Surveys: audience, links, answers, figures and the reports made of them."""
