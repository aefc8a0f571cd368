"""What writes touches and shares."""
