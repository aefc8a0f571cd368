"""What pages and other parts read of segments."""
