# Two commands matter: `make run` and `make test`. Each makes .venv and installs what is locked,
# the first time and whenever the lock changes. Needs Python 3.12 or newer, and nothing else.
#
# Variables, on the command line or in the environment: PORT, DATA_DIR, DATABASE_URL, PYTHON (which
# Python to use), ARGS (passed on, as in: make test ARGS="-k search").

INSTALL = python=$$(sh tslsv/launch/find-python.sh) && "$$python" -P tslsv/launch/install.py
PYTHON_M = .venv/bin/python -m
LAUNCH = $(PYTHON_M) tslsv.launch
COMPILE = $(PYTHON_M) uv pip compile pyproject.toml --quiet --custom-compile-command "make lock" \
	--universal --python-version 3.12 --no-python-downloads --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links
CHECKS = check-code check-format check-types check-imports check-templates check-migrations check-deploy

.PHONY: help run dev test test-all bench bench-peers manage database lint $(CHECKS) lock clean runtime development

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1	/p' Makefile | expand -t 12

run: runtime ## serve the site on http://localhost:8000, or another PORT
	@$(LAUNCH) run

dev: development ## the same with a server that reloads itself and shows errors in full
	@$(LAUNCH) dev

test: development ## run the tests, but for the slow ones
	@$(LAUNCH) test -- $(ARGS)

test-all: development ## run every test, the slow ones too
	@$(LAUNCH) test -- -m "" $(ARGS)

bench: development ## run the benchmarks; `make bench-peers` first, to have other systems beside us
	@DATASETTE="$${DATASETTE:-$(CURDIR)/.venv-bench/bin/datasette}" $(LAUNCH) bench -- $(ARGS)

bench-peers: development ## install the systems that the benchmarks compare with
	@.venv/bin/python -m venv .venv-bench && .venv-bench/bin/pip install --quiet -r bench/requirements.txt

manage: runtime ## run manage.py on the site's data, as in: make manage ARGS="createsuperuser"
	@$(LAUNCH) manage -- $(ARGS)

database: runtime ## start the site's database only, and print its URL
	@$(LAUNCH) database

lint: $(CHECKS) ## every check that is not a test; with --keep-going, all of them

check-code: development
	@$(PYTHON_M) ruff check

check-format: development
	@$(PYTHON_M) ruff format --check

# The plug-in for Django reads the settings; it connects to nothing.
check-types: development
	@TSLSV_LOOPBACK=1 SECRET_KEY=for-this-check-only DATABASE_URL=postgresql://nowhere/none \
		$(PYTHON_M) mypy

check-imports: development
	@PYTHONPATH=. .venv/bin/python -c 'from importlinter.cli import lint_imports_command as lint; lint()'

check-templates: development
	@$(PYTHON_M) djlint --lint --quiet templates

check-migrations: development
	@$(LAUNCH) scratch -- env TSLSV_LOOPBACK=1 SECRET_KEY=for-this-check-only \
		.venv/bin/python manage.py makemigrations --check --dry-run

# As in production: nothing of the loopback run, and a key made up on the spot.
check-deploy: development
	@key=$$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))') && \
		$(LAUNCH) scratch -- env -u TSLSV_LOOPBACK -u DEBUG SECRET_KEY="$$key" \
		ALLOWED_HOSTS=example.org OPERATOR_NAME=Example SUPPORT_EMAIL=help@example.org \
		.venv/bin/python manage.py check --deploy --fail-level WARNING

lock: development ## bring the requirements files up to pyproject.toml; ARGS=--upgrade for newer versions
	@$(COMPILE) $(ARGS) --output-file requirements.txt
	@$(COMPILE) $(ARGS) --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove .venv and caches; data stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +

runtime:
	@$(INSTALL) requirements.txt

development:
	@$(INSTALL) requirements.txt requirements-dev.txt
