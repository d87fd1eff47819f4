#!/bin/sh
# Prints a Python that is new enough, for the Makefile. Each candidate is run: a pyenv shim may
# stand on PATH and only fail, and `python3` may be an old one.

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' </dev/null >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if new_enough "$PYTHON"; then
        echo "$PYTHON"
        exit
    fi
    echo "PYTHON=$PYTHON is not a Python 3.12 or newer." >&2
    exit 1
fi
for candidate in python3 python3.13 python3.14 python3.12 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    if new_enough "$candidate"; then
        echo "$candidate"
        exit
    fi
done
echo "This needs Python 3.12 or newer: install one, or name it, as in: make run PYTHON=/path/to/python3.13" >&2
exit 1
