"""Rules of segments, opportunities and recommendations. Pure."""
