"""The site's own settings, with a few addresses more."""

from tslsv.settings import *  # noqa: F403 (the same settings are the point)

ROOT_URLCONF = "bench.urls"
