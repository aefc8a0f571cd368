"""Channels, partners, lead intake, protection, commission, appraisal and risk."""
