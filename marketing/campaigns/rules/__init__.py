"""Rules of campaigns; no Django in here."""
