"""References that people can read out on the telephone."""

import secrets

# No vowels, so that no words arise, and nothing that is taken for something else: 0 O, 1 I L.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 5
PATTERN = f"M-[{ALPHABET}]{{{LENGTH}}}"


def new_reference(letter: str = "M") -> str:
    """A random reference such as ``M-7K2QX``: 17 million are possible, so it may be taken.

    ``letter`` says what it is the reference of; M is for mails.
    """
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
