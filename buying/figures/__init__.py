"""What purchases add up to."""
