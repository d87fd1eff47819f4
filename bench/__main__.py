"""``python -m bench``, on the database in DATABASE_URL, whose listings it replaces."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
django.setup()

from bench import options, run  # noqa: E402 (needs the settings)

sys.exit(run.run(options.read()))
