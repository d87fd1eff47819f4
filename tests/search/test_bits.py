"""Sets of ordinals behave as Python's own sets do, whatever the size of a chunk."""

from collections.abc import Iterable, Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.conftest import use_small_chunks
from tslsv.search import bits, models
from tslsv.search.bits import OrdinalSet, chunks_of

CHUNKS = 4
CHUNK = 16


@pytest.fixture(scope="module", autouse=True)
def _chunks_of_two_bytes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use_small_chunks(patch, CHUNK)
        yield


ordinals = st.sets(st.integers(0, CHUNKS * CHUNK - 1))


def made(members: Iterable[int]) -> OrdinalSet:
    return OrdinalSet.from_ordinals(list(members), CHUNKS)


@given(ordinals)
def test_ordinals_come_back_in_order(members: set[int]) -> None:
    assert list(made(members)) == sorted(members)
    assert len(made(members)) == len(members)
    assert bool(made(members)) == bool(members)


@given(ordinals, st.integers(0, 70))
def test_the_first_ordinals(members: set[int], limit: int) -> None:
    assert list(islice(made(members), limit)) == sorted(members)[:limit]


@given(ordinals, ordinals)
def test_and_or_without(one: set[int], other: set[int]) -> None:
    assert list(made(one) & made(other)) == sorted(one & other)
    assert list(made(one) | made(other)) == sorted(one | other)
    assert list(made(one) - made(other)) == sorted(one - other)


@given(ordinals, st.integers(0, CHUNKS * CHUNK + 9))
def test_below(members: set[int], limit: int) -> None:
    assert list(made(members).below(limit)) == sorted(o for o in members if o < limit)


@given(ordinals)
def test_hexadecimal_is_the_bits_from_the_left(members: set[int]) -> None:
    written = made(members).hexadecimal()
    assert written[0] == "x"
    digits = f"{int(written[1:], 16):0{CHUNKS * CHUNK}b}"
    assert len(written) == 1 + CHUNKS * CHUNK // 4
    assert {place for place, digit in enumerate(digits) if digit == "1"} == members


@given(ordinals)
def test_chunks_go_out_and_come_back(members: set[int]) -> None:
    chunks = {number: bytes(data) for number, data in chunks_of(members).items()}
    assert set(chunks) == {ordinal // CHUNK for ordinal in members}
    assert list(OrdinalSet.from_chunks(chunks, CHUNKS)) == sorted(members)


@st.composite
def runs(draw: st.DrawFn) -> list[range]:
    """Groups of documents side by side, from ordinal 0 on; what follows them belongs to none."""
    lengths = draw(st.lists(st.integers(1, 12), max_size=12))
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return [
        range(start, start + length)
        for start, length in zip(starts, lengths, strict=True)
        if start + length <= CHUNKS * CHUNK
    ]


@given(runs(), st.data())
def test_groups_with_a_member(groups: list[range], data: st.DataObject) -> None:
    everybody = [ordinal for group in groups for ordinal in group]
    members = data.draw(st.sets(st.sampled_from(everybody)) if everybody else st.just(set[int]()))
    ends = made(group[-1] for group in groups)
    expected = sum(any(ordinal in members for ordinal in group) for group in groups)
    assert made(members).groups(ends) == expected


def test_an_index_without_documents() -> None:
    nothing = OrdinalSet.from_chunks({}, 0)
    assert len(nothing) == 0
    assert list(nothing) == []
    assert nothing.groups(nothing) == 0
    assert list(nothing.below(5)) == []


def test_real_chunks_are_whole_bytes_and_two_fill_a_page() -> None:
    real = 31_744
    assert real % 8 == 0
    assert 2 * (real // 8 + 40) < 8192 < 3 * (real // 8)
    assert bits.CHUNK_BYTES * 8 == models.CHUNK_BITS == CHUNK, "small only in this module"
