"""Import organisations from a public register, by a declared mapping."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers.registers.mapping import known_mappings, load_mapping
from providers.registers.report import Report
from providers.registers.run import ImportFailedError, import_register
from providers.registers.source_file import SourceError
from providers.registers.steps import MappingError


class Command(BaseCommand):
    """Exits with an error only when nothing could be imported; a rejected row is no error."""

    help = (
        "Import organisations from a public register's CSV file, each as one listing. Without "
        "--apply nothing is written, and the report says what would be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = ", ".join(known_mappings())
        parser.add_argument("file", type=Path, metavar="FILE", help="the register's CSV file")
        parser.add_argument(
            "--mapping",
            required=True,
            metavar="NAME_OR_PATH",
            help=f"a mapping that comes with the project ({known}), or a TOML file",
        )
        parser.add_argument(
            "--apply", "--commit", action="store_true", help="write; the default is a dry run"
        )
        parser.add_argument(
            "--only-in-leeds", action="store_true", help="keep only those inside a ward of Leeds"
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE.csv", help="write what became of every row here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping = load_mapping(options["mapping"])
            report = import_register(
                options["file"],
                mapping,
                apply=options["apply"],
                only_in_leeds=options["only_in_leeds"],
            )
        except (MappingError, SourceError, ImportFailedError) as error:
            raise CommandError(str(error)) from error
        self._print(report, everything=options["verbosity"] > 1)
        if options["report"]:
            try:
                report.write_csv(options["report"])
            except OSError as error:
                done = "The import is done" if options["apply"] else "Nothing was written"
                raise CommandError(
                    f"{done}, but the report cannot be written: {error.strerror}."
                ) from error
        if options["apply"]:
            self.stdout.write(self.style.SUCCESS("Imported."))
        else:
            self.stdout.write("Dry run: nothing was written. Add --apply to import.")

    def _print(self, report: Report, *, everything: bool) -> None:
        for line in report.row_lines(everything=everything):
            self.stdout.write(line)
        for line in report.summary_lines():
            self.stdout.write(line)
