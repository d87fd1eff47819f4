"""What higher apps know of a provider, for its page and those of its offers.

The provider list does not know who builds on it. An app that has something to say of a provider in
a few words, such as how soon it answers, registers a function in ``AppConfig.ready()``.
"""

from collections.abc import Callable

from accounts.models import Organisation

type Fact = Callable[[Organisation], str]
"""A short sentence without its full stop; empty for nothing to say. At most one query, please."""

_facts: dict[str, Fact] = {}


def register(fact: Fact) -> None:
    """Registered twice, as ``ready()`` may run more than once, it is said once."""
    _facts[f"{fact.__module__}.{fact.__qualname__}"] = fact


def facts_of(organisation: Organisation) -> list[str]:
    """Everything that is known, in the order in which it was registered. A query for each."""
    return [words for fact in _facts.values() if (words := fact(organisation))]
