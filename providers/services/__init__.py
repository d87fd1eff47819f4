"""Writes that touch more than one row, a state or the audit."""
