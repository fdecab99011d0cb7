# Every target sets up what it needs; see bootstrap.py for machines without make.
PYTHON ?= python3

# make bench SUITE=engine       one suite; ARGS goes to the others: make test ARGS=tests/forms
SUITE ?=
ARGS ?=

.PHONY: setup run test bench prove soak lint types pictures
setup run lint types pictures:
	@$(PYTHON) bootstrap.py $@
bench:
	@$(PYTHON) bootstrap.py $@ $(SUITE)
test prove soak:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
