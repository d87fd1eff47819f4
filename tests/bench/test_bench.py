"""The bench itself, at a few hundred listings: its truth is right, and it notices what is wrong."""

import pytest
from django.db import connection

from accounts.models import Organisation
from bench import agreement, data, options, queries, run, speed, upkeep
from providers.search import PAGE_SIZE

on_tables = pytest.mark.django_db(transaction=True)

SIZE = 300


@pytest.fixture
def mix() -> list[queries.Query]:
    assert data.make(SIZE) == SIZE
    organisation = Organisation.objects.filter(listings__state="published").earliest("pk")
    found = queries.mix(organisation.name)
    totals = {query.name: query.asked().find(page=1).total for query in found}
    return queries.fitting_pages(found, totals, PAGE_SIZE)


@on_tables
def test_the_mix_agrees_with_brute_force_and_a_lost_bit_is_noticed(
    mix: list[queries.Query],
) -> None:
    assert len(mix) == 40
    brute = agreement.BruteForce(SIZE)
    said: list[str] = []
    assert agreement.check(mix, brute, said.append) == 0, said
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE providers_listingbitmap SET bits = bits & ~bits WHERE value = "
            "(SELECT id FROM providers_listingvalue WHERE facet = 'sector' AND value = 'third')"
        )
    assert agreement.check(mix, brute, said.append) > 10


@on_tables
def test_large_sizes_are_checked_by_sql_as_small_ones_are_by_python(
    mix: list[queries.Query], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "SMALL", 0)
    said: list[str] = []
    assert agreement.check(mix, agreement.BruteForce(SIZE), said.append) == 0, said


@on_tables
def test_upkeep_is_timed_and_writers_lose_nothing(
    mix: list[queries.Query], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SAVES", 3)
    monkeypatch.setattr(upkeep, "COUNTED", 5)
    for saves in upkeep.one_save():
        assert len(saves.rounds) == upkeep.ROUNDS
        assert 0 < saves.p95 == min(one.p95 for one in saves.rounds)
        assert all(one.own > 0 for one in saves.rounds)
        assert f"p95 {saves.p95:.2f} ms" in str(saves)
    assert upkeep.many_writers() == []
    assert speed.most_statements(mix[:3]) == {query.name: 3 for query in mix[:3]}


def test_a_percentile_is_a_time_that_was_measured() -> None:
    times = speed.Times({str(number): float(number) for number in range(1, 41)})
    assert (times.p50, times.p95) == (20.5, 38.0)


def test_a_slow_peer_is_asked_less_and_from_all_over_the_mix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mix = [queries.Query(str(number), {}) for number in range(10)]
    asked: list[str] = []

    def answer(milliseconds: float) -> speed.Ask:
        def ask(query: queries.Query) -> float:
            asked.append(query.name)
            if query.name == "5":
                raise TimeoutError
            return milliseconds

        return ask

    quick = dict(speed._peer_block(answer(1), mix, (), back=False))
    assert list(quick) == ["0", "1", "6", "2", "7", "3", "8", "4", "9"]
    assert asked.count("0") == 2
    asked.clear()
    slow = dict(speed._peer_block(answer(60_000), mix, ("9", "4"), back=True))
    assert list(slow) == ["8", "3", "7", "2", "6", "1", "0"]
    assert asked.count("0") == 1
    monkeypatch.setattr(speed, "PEER_PATIENCE_SECONDS", -1)
    assert list(speed._peer_block(answer(1), mix, (), back=False)) == []


def test_peers_are_not_asked_where_they_get_nowhere() -> None:
    assert "not asked" in run._why_not(speed.DATASETTE, 1_000_000)
    assert "not asked" in run._why_not(speed.ADMIN, 100_000)
    assert "not installed" in run._why_not(speed.DATASETTE, 100_000)


def test_options_come_from_the_environment() -> None:
    asked = options.read({"SIZES": "20000,300", "FULL": "1", "ONLY": "speed"})
    assert asked.sizes == (300, 20_000, 1_000_000)
    assert asked.only == ("speed",)
    with pytest.raises(ValueError, match="sped"):
        options.read({"ONLY": "sped"})
