"""Jobs of desk."""
