"""What is computed and decided in selling. Pure."""
