"""Loading the register from a file: line by line, all or nothing, and the same once more."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from tests.toms.factories import make_measure_version
from toms.exchange.columns import COLUMNS, row_of
from toms.models import (
    Measure,
    MeasureVersion,
    Outcome,
    OverlapGroup,
    Release,
    ReleaseItem,
    Theme,
    Unit,
)
from toms.services.loading import STARTER, Became, Report, load

pytestmark = pytest.mark.django_db

MODELS = (Theme, Outcome, Unit, OverlapGroup, Measure, MeasureVersion, Release, ReleaseItem)


def rows() -> list[dict[str, str]]:
    with STARTER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(rows: list[dict[str, str]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def everything() -> list[list[dict[str, Any]]]:
    return [
        [model_to_dict(row) for row in model._default_manager.order_by("pk")] for model in MODELS
    ]


def changed(code: str, **cells: str) -> bytes:
    found = rows()
    for row in found:
        if row["code"] == code:
            row.update(cells)
    return as_csv(found)


def adopt(code: str) -> MeasureVersion:
    """As 1.0.0, and in the draft release no more."""
    version = MeasureVersion.objects.get(measure__code=code)
    ReleaseItem.objects.filter(version=version).delete()
    version.major, version.minor, version.state = 1, 0, "adopted"
    version.adopted_on = version.created.date()
    version.save()
    return version


def rejected(report: Report) -> list[tuple[int, str]]:
    return [(line.line, line.words) for line in report.lines if line.became is Became.REJECTED]


def test_the_projects_own_file_is_the_starter_set(toms_data: Path) -> None:
    shared = toms_data / "leeds_toms_starter.csv"
    assert shared.read_text(encoding="utf-8") == STARTER.read_text(encoding="utf-8")
    assert len(rows()) == 40


def test_a_dry_run_writes_nothing() -> None:
    report = load(STARTER.read_bytes())
    assert (report.is_good, report.applied, report.count(Became.CREATED)) == (True, False, 40)
    assert all(not found for found in everything())


def test_the_starter_set_is_loaded_once() -> None:
    assert load(STARTER.read_bytes(), apply=True).applied
    before = everything()
    assert (Theme.objects.count(), Outcome.objects.count(), Measure.objects.count()) == (6, 18, 40)
    assert MeasureVersion.objects.filter(state="draft", baseline=True).count() == 12
    release = Release.objects.get()
    codes = list(release.items.values_list("version__measure__code", flat=True))
    assert codes == [row["code"] for row in rows()]
    again = load(STARTER.read_bytes(), apply=True)
    assert (again.count(Became.UNCHANGED), again.applied) == (40, True)
    assert everything() == before


def test_what_goes_in_comes_out() -> None:
    load(STARTER.read_bytes(), apply=True)
    versions = MeasureVersion.objects.select_related(
        "measure__outcome__theme", "unit", "overlap_group"
    ).order_by("items__position")
    out = [row_of(version) for version in versions]
    assert [{name: row[name] for name in rows()[0]} for row in out] == rows()


def test_a_draft_is_changed_by_its_line() -> None:
    load(STARTER.read_bytes(), apply=True)
    report = load(changed("LT-WRK-02", title="Fair pay", version="0.2.0"), apply=True)
    assert (report.count(Became.CHANGED), report.count(Became.UNCHANGED)) == (1, 39)
    version = MeasureVersion.objects.get(measure__code="LT-WRK-02")
    assert (version.title, str(version.number)) == ("Fair pay", "0.2.0")
    assert ReleaseItem.objects.count() == 40


def test_what_was_adopted_is_followed_by_the_next_number() -> None:
    load(STARTER.read_bytes(), apply=True)
    adopt("LT-WRK-02")
    for cells, words in (
        ({"version": "1.0.0", "title": "Fair pay"}, "is adopted and stays as it is"),
        ({"version": "1.0.2", "title": "Fair pay"}, "does not follow"),
        ({"version": "1.0.1", "unit_code": "PERS"}, "too small a step: unit changed"),
        ({"version": "1.1.0", "level": "3", "status": "adopted"}, "brings drafts alone"),
    ):
        ((line, why),) = rejected(load(changed("LT-WRK-02", **cells), apply=True))
        assert line == 3
        assert words in why
    assert load(changed("LT-WRK-02", version="1.0.1", title="Fair pay"), apply=True).applied
    newest = MeasureVersion.objects.filter(measure__code="LT-WRK-02").newest_first()
    assert [(str(v.number), v.state) for v in newest] == [("1.0.1", "draft"), ("1.0.0", "adopted")]
    assert newest[0].step == MeasureVersion.Step.PATCH


def test_a_file_brings_nothing_back_and_changes_no_consultation() -> None:
    load(STARTER.read_bytes(), apply=True)
    open_one = MeasureVersion.objects.get(measure__code="LT-WRK-01")
    open_one.state = "consultation"
    open_one.save()
    MeasureVersion.objects.filter(measure__code="LT-WRK-02").update(
        state="withdrawn", ended_on="2026-11-01", ended_reason="Nobody wanted it."
    )
    found = rows()
    found[0]["title"] = found[1]["title"] = "Another title"
    why = [words for _, words in rejected(load(as_csv(found)))]
    assert "open for comment" in why[0]
    assert "cannot bring it back" in why[1]


@pytest.mark.parametrize("state", ["retired", "withdrawn"])
def test_a_line_that_tells_of_an_ended_version_makes_nothing_current(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(STARTER.read_bytes(), apply=True)
    if state == "retired":
        ended = adopt("LT-WRK-02")
    else:
        ended = MeasureVersion.objects.get(measure__code="LT-WRK-02")
        ended.items.all().delete()
    ended.state, ended.ended_on, ended.ended_reason = state, ended.created.date(), "Nobody used it."
    ended.save()
    before = everything()
    file = tmp_path / "register.csv"
    file.write_bytes(changed("LT-WRK-02", status=state, version=str(ended.number)))
    call_command("load_toms", str(file), "--apply")
    printed = capsys.readouterr().out
    label = ended.get_state_display().lower()
    words = f"line 3: LT-WRK-02 unchanged: {ended.number} is {label} and stays so"
    assert words in printed
    assert "Loaded." in printed
    assert everything() == before
    assert not ReleaseItem.objects.filter(version=ended).exists()
    # As a draft, the same line would bring it back.
    report = load(changed("LT-WRK-02", version=str(ended.number)), apply=True)
    assert "cannot bring it back" in rejected(report)[0][1]
    assert everything() == before


def test_measures_are_not_moved_nor_headings_reworded_by_a_file() -> None:
    load(STARTER.read_bytes(), apply=True)
    found = rows()
    found[0]["outcome_code"], found[0]["outcome"] = "LT-WRK-B", found[3]["outcome"]
    assert "another outcome" in rejected(load(as_csv(found)))[0][1]
    for row in (found := rows()):
        row["theme"] = row["theme"].replace("Good work", "Decent work")
    assert "a curator can reword it" in rejected(load(as_csv(found)))[0][1]


BAD = [
    (lambda data: data.replace(b"value_kind", b"kind", 1), 1, "“value_kind” is missing"),
    (lambda data: data.replace(b"value_kind", b"title", 1), 1, "“title” is there twice"),
    (lambda data: data.replace(b"LT-WRK-02", b"LT-WRK-01"), 3, "stands in line 2 already"),
    (lambda data: data.replace(b"LT-WRK-02", b"WRK2"), 3, "code is “WRK2”"),
    (lambda data: data.replace(b"Directors paid", b"D\xe9j\xe0 paid"), 3, "not UTF-8"),
    (lambda data: data.replace(b"Directors paid", b"=HYPERLINK(1)"), 3, "like a formula"),
    (lambda data: data.replace(b"Directors paid", b"Dir\x00ectors"), 3, "cannot be shown"),
    (lambda data: data.replace(b"Directors paid", "Dir\x85ectors".encode()), 3, "cannot be shown"),
    (
        lambda data: data.replace(b"Directors paid", b"\x1cDirectors"),
        3,
        "does_not_count has characters",
    ),
    (lambda data: data.replace(b",0.1.0", b",0.1", 1), 2, "is no version"),
    (lambda data: data.replace(b"stock,mean,sum", b"stock,ratio,sum"), 2, "A ratio stays one"),
    (lambda data: data.replace(b"stock,mean,sum", b"heap,mean,sum"), 2, "value_kind is one of"),
    (lambda data: data.replace(b"yes,1,new|sustained", b"yes,9,new"), 2, "level is 1, 2, 3 or 4"),
    (lambda data: data.replace(b"new|sustained,yes", b"new|old,yes", 1), 2, "basis_allowed is one"),
    (lambda data: data + b"one,two\r\n", 42, "It has 2 cells"),
    (lambda data: data + b'LT-"x"y,', 42, ""),
    (lambda data: b"", 1, "is missing"),
    (lambda data: data.splitlines(keepends=True)[0], 0, "no measure"),
    (lambda data: b"x" * 10_000_001, 0, "larger than 10 MB"),
    (lambda data: b"PK\x03\x04\xff\xfe", 1, "not UTF-8"),
]


@pytest.mark.parametrize(("spoil", "line", "words"), BAD)
def test_a_bad_file_is_reported_by_line_and_changes_nothing(
    spoil: Any, line: int, words: str
) -> None:
    load(STARTER.read_bytes(), apply=True)
    before = everything()
    report = load(spoil(STARTER.read_bytes()), apply=True)
    assert not report.applied
    assert (line, True) in [(at, words in why) for at, why in rejected(report)], report.lines
    assert everything() == before


def test_ten_thousand_rows_are_no_register() -> None:
    found = rows()
    report = load(as_csv(found * 250), apply=True)
    assert rejected(report)[0][1].startswith("There are more than 5,000 rows")
    assert not report.applied


def test_the_command_reports_and_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_toms", str(STARTER))
    assert "40 created" in capsys.readouterr().out
    assert not Measure.objects.exists()
    call_command("load_toms", str(STARTER), "--apply")
    assert "Loaded." in capsys.readouterr().out
    bad = tmp_path / "bad.csv"
    bad.write_bytes(changed("LT-WRK-01", level="7"))
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_toms", str(bad), "--apply")
    assert "line 2: rejected: level is 1, 2, 3 or 4." in " ".join(capsys.readouterr().out.split())
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_toms", str(tmp_path / "none.csv"))


def test_every_field_of_the_content_is_a_column() -> None:
    held = {column.field for column in COLUMNS} | {"unit", "overlap_group"}
    assert set(MeasureVersion.CONTENT_FIELDS) <= held
    assert row_of(make_measure_version(example="One.", evidence_small="A note."))["example"]
