"""A register of our own invention, and running the import on it."""

import csv
import io
from collections import Counter
from pathlib import Path

from django.core.management import call_command

# Nothing here is like the mapping that comes with the project: other columns, another delimiter.
MAPPING = r"""
[source]
slug = "guild-roll"
name = "Roll of the Guild"
url = "https://guild.example/roll"
date = 2024-03-31
licence = "Open Government Licence v3.0"
delimiter = ";"

[columns]
external_id = "Roll no"
name = "Known as"
address = ["Street", "Town"]
postcode = "Post code"
website = "Web"
latitude = "N"
longitude = "E"

[[identifiers]]
scheme = "GB-CHC"
column = "Charity"

[summary]
parts = ["{kind}", " in {Town}", ". From the roll of the Guild."]

[claims]
level = "declared"
evidence = "Roll of the Guild, 2024."

[unmapped]
category = ["Trade"]

[[steps]]
column = "Trade"
match = "equals"
[steps.values]
Baker = { category = ["food-shops", "cakes-and-baking"], kind = "bakery", sector = "private" }
Choir = { category = "music", kind = "choir", sector = "third", legal_form = "unincorporated" }

[[steps]]
column = "Mutual"
match = "equals"
sets = "ethos"
[steps.values]
yes = "member-owned"
"""
COLUMNS = (
    "Roll no", "Known as", "Street", "Town", "Post code", "Web", "N", "E", "Charity", "Trade",
    "Mutual",
)  # fmt: skip
BAKERY = {
    "Roll no": "1", "Known as": "Ada's Bakery", "Street": "1 Mill Lane", "Town": "Leeds",
    "Post code": "LS8 4AA", "Web": "www.ada.example", "N": "53.82", "E": "-1.51",
    "Charity": "", "Trade": "Baker", "Mutual": "yes",
}  # fmt: skip
CHOIR = {
    "Roll no": "2", "Known as": "Beck Choir", "Street": "Chapel\nBeck Row", "Town": "Otley",
    "Post code": "LS21 3AB", "Web": "", "N": "", "E": "", "Charity": "1090095",
    "Trade": "Choir", "Mutual": "",
}  # fmt: skip
POTTER = {
    "Roll no": "3", "Known as": "Clay & Co", "Street": "", "Town": "Bath", "Post code": "",
    "Web": "", "N": "", "E": "", "Charity": "", "Trade": "Potter", "Mutual": "",
}  # fmt: skip


class Import:
    """Runs the command on rows or text, and reads its report back."""

    def __init__(self, folder: Path, mapping: Path) -> None:
        self.folder, self.mapping = folder, mapping
        self.text = ""

    def rows(self, *rows: dict[str, str], apply: bool = True, **options: object) -> Counter[str]:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
        return self.content(out.getvalue().encode(), apply=apply, **options)

    def content(self, content: bytes, *, apply: bool = True, **options: object) -> Counter[str]:
        path = self.folder / "roll.csv"
        path.write_bytes(content)
        out = io.StringIO()
        report = self.folder / "report.csv"
        call_command(
            "import_organisations", str(path), mapping=str(self.mapping), apply=apply,
            report=report, stdout=out, **options,
        )  # fmt: skip
        self.text = out.getvalue()
        with report.open(encoding="utf-8-sig", newline="") as file:
            self.report = list(csv.DictReader(file))
        return Counter(row["outcome"] for row in self.report)

    def notes(self, external_id: str) -> str:
        return next(row["notes"] for row in self.report if row["external id"] == external_id)

    def redate(self, date: str) -> None:
        text = self.mapping.read_text(encoding="utf-8")
        self.mapping.write_text(text.replace("2024-03-31", date), encoding="utf-8")
