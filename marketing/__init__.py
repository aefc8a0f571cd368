"""Campaigns, channels, attribution, segments, messages, club and points; stands on customers."""
