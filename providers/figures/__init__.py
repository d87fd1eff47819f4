"""Figures for those who look after the list. Made-up organisations are left out of all of them."""
