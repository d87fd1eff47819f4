"""Why a load did not happen."""


class LoadRefused(Exception):
    """The load changed nothing. The message is meant for people."""
