"""What templates of analytics may write."""
