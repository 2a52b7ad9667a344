# make demo: install, index ./corpus, ask a question.  make test: install with the test tools, run the tests.
PYTHON ?= python3
INSTALL = .venv/bin/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e
COMPILE = .venv/bin/python -m compileall -q semsearch# an editable install is not: 50 ms of each start

demo: .venv/installed
	.venv/bin/semsearch index corpus
	.venv/bin/semsearch ask "what was decided about Solgården takster"

test: .venv/installed-dev
	@.venv/bin/python -m pytest

check: .venv/installed-dev
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
	@.venv/bin/python -m pytest

bench: .venv/installed-benchmarks
	.venv/bin/python -m benchmarks

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv
	@echo "installing into .venv: 1.6 GB, a minute on a fast line ..."

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) . && $(COMPILE) && touch $@

.venv/installed-%: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) '.[$*]' && $(COMPILE) && touch .venv/installed $@

.PHONY: demo test check bench clean
