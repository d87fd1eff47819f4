"""Writes that touch more than one row or one field's own rules."""
