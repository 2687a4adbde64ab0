# One word for each chore. Everything runs in .venv, which the first call makes.
# The first Python that the lock is made for; else python3, and tools/environment.py says what it is.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(or $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c '$(FITS)' 2>/dev/null && echo $$each && break; done),python3)
IN := .venv/bin/python
# A Python that was taken away leaves .venv with a link to nowhere: then it is made anew.
ifneq ($(shell test -x $(IN) && echo whole),whole)
.PHONY: .venv/ready
endif
# Two BLAS threads on a busy machine cost ten times the CPU of one.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: book test gate serve length typed lock results crosscheck processors lighthouse clean
.DEFAULT_GOAL := book

book: .venv/ready           ## build the book into _build/html
	@$(IN) tools/build.py

test: .venv/ready           ## lint, types, unit tests, gate build, browser tests
	@$(IN) tools/check.py

gate: .venv/ready           ## the strict build alone: everything afresh, warnings are errors
	@$(IN) tools/build.py --gate

serve: .venv/ready          ## for authors: watch, rebuild, reload
	@$(IN) tools/serve.py

length: .venv/ready         ## for authors: words, longest stretch, fullest paragraph of each chapter
	@$(IN) tools/length.py

typed: .venv/ready          ## for authors: list numbers that are typed where one is computed
	@$(IN) tools/typed.py

results: .venv/ready        ## recompute what is stored: experiments, calibration
	@$(IN) -m emergence_lib results
	@$(IN) -m emergence_lib.audit.calibration
	@$(IN) -m emergence_lib.chapters.detecting.numbers
	@$(IN) -m emergence_lib.chapters.catalogue.numbers
	@$(IN) -m emergence_lib.chapters.physics.numbers

crosscheck: .venv/ready     ## the hand-written networks against PyTorch (fetches it once)
	@$(IN) tools/crosscheck.py

processors: .venv/ready     ## the numerical tests as other processors would compute (an hour)
	@$(IN) tools/processors.py

lock: .venv/ready           ## choose versions anew for requirements.txt
	@$(IN) tools/lock.py

lighthouse: .venv/ready     ## measure the built pages as a phone would (needs npm)
	@$(IN) tools/lighthouse.py

clean:                      ## remove what was built, keep the environment
	rm -rf _build

.venv/ready: requirements.txt pyproject.toml tools/environment.py
	@$(PYTHON) tools/environment.py
