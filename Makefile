# The only vocabulary: people and CI call the same targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help system dev assets peers demo tour test prove check format openapi docs lock package clean \
        lies screenshots simulate-year bench-log bench-directory bench-status-list bench-api bench-batch bench-check \
        bench-browser \
        chaos-power chaos-kill

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?=
T ?= tests
YEAR ?= out/year
DECODER := verifier/edge/static/vendor/manifest.json
# Without npm the tests of the decoder are skipped.
DECODER_FOR_TESTS := $(if $(shell command -v npm),$(DECODER))
PEERS := tests/federation/peers/node_modules/.package-lock.json
# Without npm the tests by other people's libraries are skipped.
PEERS_FOR_TESTS := $(if $(shell command -v npm),$(PEERS))
# Debian packages that the tests need beside Python: strace for the power cuts, a server for the second database, a web server,
# a security module in software, a browser, and what reads the example of a systemd unit.
# Node (20 or newer, with npm) is taken as the machine has it, from wherever.
SYSTEM_PARTS := strace postgresql nginx-light softhsm2 chromium \
                $(if $(shell command -v systemd-analyze),,systemd) \
                $(if $(shell command -v node),,nodejs) $(if $(shell command -v npm),,npm)

# The lock is whole, so pip resolves nothing: with a resolver, older ones ask for a pin of `name[extra]` beside that of `name`.
# pip says nothing but a dot a package; its errors go to standard error as they are.
define install
@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
@printf 'Installing %s ' $(1); \
 $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --no-deps --require-hashes -r $(1) \
   | while read -r word _; do case "$$word" in Collecting|Using|Downloading|Installing) printf .;; esac; done; echo ' done'
@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
@touch $@
endef

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	$(call install,requirements/runtime.txt)

# What runs is a part of what develops, at the same versions: the second stamp is true as well.
$(VENV)/.dev: requirements/dev.txt pyproject.toml
	$(call install,requirements/dev.txt)
	@touch $(VENV)/.runtime

dev: $(VENV)/.dev ## Install everything for development into .venv

assets: $(DECODER) ## Fetch the QR decoder of the page /verify (needs npm)

$(DECODER): assets/package-lock.json assets/collect.mjs
	@cd assets && npm ci --silent && node collect.mjs

peers: $(PEERS) ## Fetch other people's libraries that the tests read our formats with (needs npm)

$(PEERS): tests/federation/peers/package-lock.json
	@cd tests/federation/peers && npm ci --silent
	@touch $@

demo: $(VENV)/.runtime ## Play the whole story and serve it: make demo DEMO="--dir out --no-serve"
	@$(BIN)/shirushi demo $(DEMO)

system: ## Install the Debian packages that the tests need
	@if [ -z "$(strip $(SYSTEM_PARTS))" ]; then echo 'The tests need no system part.'; \
	 else missing=; for part in $(SYSTEM_PARTS); do dpkg -s "$$part" >/dev/null 2>&1 || missing="$$missing $$part"; done; \
	   as=; [ "$$(id -u)" = 0 ] || as='sudo -n'; \
	   [ -z "$$missing" ] || { $$as apt-get update -qq && $$as apt-get install -qq --no-install-recommends $$missing; }; fi

tour: dev system $(DECODER_FOR_TESTS) ## See what each kind of user does: six acts into tour/, ended by the first difference
	@rm -rf tour
	@$(BIN)/shirushi tour --dir tour

test: dev system $(DECODER_FOR_TESTS) $(PEERS_FOR_TESTS) ## Run the tests: make test T=tests/verifier
	@$(BIN)/python -m pytest -n auto --dist loadfile $(T)

prove: dev system $(DECODER_FOR_TESTS) $(PEERS_FOR_TESTS) ## Run the long proofs (minutes)
	@$(BIN)/python -m pytest -n auto --hypothesis-profile=prove -m 'prove or hypothesis' $(T)

chaos-power: dev ## Cut the power of a working registry at every moment (needs strace)
	@$(BIN)/python -m bench.chaos.power

chaos-kill: dev ## Kill server and publisher 200 times under load
	@$(BIN)/python -m bench.chaos.kill

lies: dev ## Play ten lying registries and show which check catches each
	@$(BIN)/shirushi lies

screenshots: dev system $(DECODER_FOR_TESTS) ## Draw every page, public and of the consoles, into docs/screenshots
	@$(BIN)/python -m tests.screenshots docs/screenshots $(AREAS)

simulate-year: dev ## Play a year of 20 bodies and 2000 suppliers into an empty folder, YEAR=out/year, and audit it
	@$(BIN)/shirushi simulate year --bodies 20 --suppliers 2000 --seed 1 --dir $(YEAR)
	@$(BIN)/shirushi audit $(YEAR)/public --root $(YEAR)/trust/1.json

# A peer under a licence of its own stays out of every environment that the product runs or is developed in.
.venv-bench/.peers: requirements/bench.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r $<
	@touch $@

bench-log: dev .venv-bench/.peers ## Measure the log beside its peers (needs postgresql); writes bench/results/log.json
	@$(BIN)/python -m bench.log

bench-recognition: dev ## Measure decisions and previews of recognition; writes bench/results/recognition.json
	@$(BIN)/python -m bench.recognition

bench-directory: dev ## Measure the directory at a million marks; writes bench/results/directory.json
	@$(BIN)/python -m bench.directory

bench-check: dev ## Measure a list of 10,000 suppliers against a copy; writes bench/results/check.json
	@$(BIN)/python -m bench.check

bench-api: dev ## Measure the verification service (needs wrk), then bench-check; writes bench/results/api.json and check.json
	@$(BIN)/python -m bench.api
	@$(MAKE) --no-print-directory bench-check

bench-batch: dev ## Measure batches of issuances and single ones; writes bench/results/batch.json
	@$(BIN)/python -m bench.batch

bench-browser: dev system $(DECODER_FOR_TESTS) ## Measure scan to verdict in a browser; writes bench/results/browser.json
	@$(BIN)/python -m bench.browser

bench-status-list: dev ## Measure the status lists of a million marks; writes bench/results/status-list.json
	@$(BIN)/python -m bench.status_list

check: dev ## Lint, types, architecture, contracts, lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture
	$(BIN)/python -m registry.contracts.openapi_export --check

format: dev ## Put the source into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: dev ## Write the OpenAPI documents anew, and promise what is new in them
	$(BIN)/python -m registry.contracts.openapi_export

docs: dev ## Write the generated reference pages, and the tables of the browser's judge, anew
	$(BIN)/python docs/generate.py
	$(BIN)/python -m verifier.edge.judge_tables

lock: ## Resolve the hash-locked requirement files anew (needs uv)
	uv pip compile $(LOCK) --extra registry --extra issuer pyproject.toml requirements/build.in -o requirements/runtime.txt
	uv pip compile $(LOCK) --all-extras -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt
	uv pip compile $(LOCK) requirements/bench.in -o requirements/bench.txt
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

package: dev ## Build the wheel and the source archive into dist/, the same bytes every time
	@rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m hatchling build -d dist
	@ls -l dist

clean: ## Remove what was built and the environment
	rm -rf $(VENV) .venv-bench dist out assets/node_modules tests/federation/peers/node_modules verifier/edge/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
