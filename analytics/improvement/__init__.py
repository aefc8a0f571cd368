"""Appraisal, improvement programme, awards."""
