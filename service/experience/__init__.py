"""Journey map, touchpoints, remarks of colleagues and the working group for experience."""
