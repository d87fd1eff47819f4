"""What exchanges add up to."""
