"""How a service says no."""


class Refused(Exception):
    """What was asked cannot be done; the words say why, for people. Nothing has changed.

    A race that was lost is refused, too: the row was locked and read again before it was judged.
    """


class Overtaken(Refused):
    """Somebody else changed or decided it first: what the person looked at is not what stands."""
