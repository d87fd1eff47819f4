"""Which needs and offers go together, and why: gates first, then a score that a person can read.

``facts`` is what a match is judged by, ``gates`` and ``score`` judge it and read nothing, and
``reading`` fetches it.
"""
