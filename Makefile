# `make check` is what CI runs beside the tests; `make fix` mends what a machine can mend.
BIN := $(CURDIR)/.venv-dev/bin

.PHONY: check test fix docs bench locks

check: $(BIN)/ruff
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

test:
	bin/test

fix: $(BIN)/ruff
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(BIN)/ruff
	$(BIN)/python docs/generate.py

bench: $(BIN)/ruff
	PATH="$(BIN):$$PATH" $(BIN)/python benchmarks/bench.py
	PYTHONPATH=. $(BIN)/python -m benchmarks.limits
	PYTHONPATH=. $(BIN)/python -m benchmarks.guards
	PYTHONPATH=. $(BIN)/python -m benchmarks.sql
	PYTHONPATH=. $(BIN)/python -m benchmarks.advisories
	PYTHONPATH=. $(BIN)/python -m benchmarks.secrets

$(BIN)/ruff:
	bin/test --version

# The Action's environment, every file by its hash; takes the newest versions that pyproject.toml allows.
locks:
	uv pip compile pyproject.toml --extra full --universal --python-version 3.11 --only-binary :all: --upgrade \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet \
		--output-file locks/action.txt
