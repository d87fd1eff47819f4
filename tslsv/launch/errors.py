"""What a person is told when something is in the way."""


class LaunchError(Exception):
    """Something a person can put right: the message is one sentence and all that they see."""


class Stopped(Exception):
    """The person asked us to stop; raised only from places where stopping is safe."""
