# Every target sets up what it needs; see bootstrap.py for machines without make.
PYTHON ?= python3

.PHONY: setup run test bench soak lint types pictures
setup run test bench soak lint types pictures:
	@$(PYTHON) bootstrap.py $@
