"""`python -m tslsv.launch COMMAND [-- arguments of the program it runs]`."""

import sys

from tslsv.launch.commands import COMMANDS
from tslsv.launch.errors import LaunchError, Stopped
from tslsv.launch.interrupts import Interrupts


def main(argv: list[str]) -> int:
    """Returns the exit code: the program's own, 0 after Ctrl-C, 1 with one sentence why not."""
    name, *rest = argv or ["help"]
    if name not in COMMANDS:
        print("usage: python -m tslsv.launch COMMAND [-- ARGUMENTS]\n")
        for command, function in COMMANDS.items():
            print(f"  {command:10}{function.__doc__}")
        return 0 if name in {"help", "--help", "-h"} else 2
    arguments = rest[1:] if rest[:1] == ["--"] else rest
    interrupts = Interrupts()
    interrupts.listen()
    try:
        return COMMANDS[name](arguments, interrupts)
    except Stopped:
        return 0
    except LaunchError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
    return 1


sys.exit(main(sys.argv[1:]))
