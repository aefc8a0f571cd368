# Every target sets up what it needs; see docs/operations.md for the options.
# Bytecode is kept: without it every process spends three seconds compiling what it imports.
unexport PYTHONDONTWRITEBYTECODE

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; \
	done || echo python3)
BIN := .venv/bin
RUN := $(BIN)/python -m crm_site.embedded run --
MANAGE := $(BIN)/python manage.py

.PHONY: demo test lint bench spec lock translations screenshots clean venv-demo venv-test
.NOTPARALLEL:

demo: venv-demo
	@$(BIN)/python -m crm_site.embedded demo

test: venv-test
	$(BIN)/python -m pytest -n auto --dist loadfile --spec-report=var/test-report.json $(PYTEST_ARGS)

lint: venv-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(RUN) sh -exc '$(MANAGE) makemigrations --check --dry-run; \
		$(MANAGE) check --deploy --fail-level WARNING; \
		$(MANAGE) check_translations'

bench: venv-test
	$(BIN)/python -m crm_site.embedded run $(if $(BENCH_DATA),--keep "$(BENCH_DATA)") -- \
		$(BIN)/python -m benchmarks

spec: venv-test
	@$(BIN)/python -m tests.spec_status

lock: venv-test
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml --extra embedded -c requirements.txt -o crm_site/embedded/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml --extra dev -c requirements.txt -o tests/requirements.txt

translations: venv-test
	$(RUN) sh -exc '$(MANAGE) extract_translations; $(MANAGE) compile_translations'

screenshots: venv-test
	$(RUN) $(BIN)/python -m tests.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

venv-demo:
	@"$(PYTHON)" crm_site/embedded/bootstrap.py demo

venv-test:
	@"$(PYTHON)" crm_site/embedded/bootstrap.py test
