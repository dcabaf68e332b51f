# Each target sets up what it needs by itself: a fresh clone, Python 3.11 or newer and make are enough.
#   make run [HOST=127.0.0.1] [PORT=8050]   the console on this machine's own data
#   make test                               lint and all tests
#   make coverage                           how much of dashboard/ the unit tests and those of the history run
#   make bench                              the figures of docs/figures.md, of lost events and of faults, and on Linux
#                                           `make fuzz`: takes hours
#   make soak                               two hours of load, and whether memory stays flat: writes docs/soak.md
#   make fuzz [SECONDS=30]                  what reads texts from outside, by made-up bytes that look for new branches
#   make lint [AUDIT=--strict]              ruff, bandit, and what is installed against published advisories; strict:
#                                           that no advisories can be had is a failure
#   make screenshots                        the pictures of the README, after ten minutes of running
# PYTHON=/path/to/python3 names the interpreter, VENV=folder the virtual environment.

VENV ?= .venv
export PYTHON HOST PORT

BIN = $(VENV)/bin
# The tests start servers and browsers of their own on free ports, so they share nothing: four at a time, since they
# often wait; two of them with browsers (tests/schedule.py). The long ones are first, as they stand in the folders, or
# one worker would be left with them.
WORKERS ?= 4

# How long `make fuzz` looks at each target.
SECONDS ?= 30

.PHONY: run test coverage bench soak fuzz lint screenshots environment test-environment

# A machine for which the wheel brings no Redis program gets one from its own package manager, unless a Redis is named.
# The two variables of the C library are those of docs/deployment.md, "Memory".
run: environment
	@[ -n "$$REDIS_URL$$REDIS_HOST$$REDIS_PORT" ] \
	  || $(BIN)/python -c "from dashboard.standalone.private_redis import find_binary; find_binary()" 2>/dev/null \
	  || setup/system-packages redis
	@MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 exec $(BIN)/python app.py

# What Python makes of the tests and of the project is kept for the next run and the next process, whatever is set
# otherwise: a worker that comes after another would else take its time for it once more.
test coverage bench soak screenshots: export PYTHONDONTWRITEBYTECODE =
# In a fresh clone pytest first translates its assertions, as long as it takes to find the tests: each worker would do
# that for itself. So it is done once, beside what waits for the network; what is wrong with the tests is told later.
test: test-environment
	@[ -e tests/__pycache__ ] || $(BIN)/python -m pytest tests --collect-only >/dev/null 2>&1 & \
	  $(MAKE) --no-print-directory lint && setup/system-packages redis browser || { wait; exit 1; }; wait
	@$(BIN)/python -m pytest tests -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# By itself: to count the lines takes as long again as the tests it is counted in.
coverage: test-environment
	@$(BIN)/python -m pytest tests/unit tests/integration/test_history_*.py -n $(WORKERS) --dist loadfile --cov --cov-report term:skip-covered

bench: test-environment
	@setup/system-packages redis browser
	@$(BIN)/python -m benchmarks; missed=$$?; \
	  [ "$$(uname -s)" != Linux ] || $(MAKE) --no-print-directory fuzz && exit $$missed

soak: test-environment
	@setup/system-packages redis
	@$(BIN)/python -m benchmarks.soak --write docs/soak.md

fuzz:
	@setup/environment $(VENV) requirements.txt requirements-dev.txt requirements-fuzz.txt
	@$(BIN)/python -m fuzzing $(SECONDS)

lint: test-environment
	@$(BIN)/ruff check .
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive dashboard app.py
	@$(BIN)/python setup/audit $(AUDIT)

screenshots: test-environment
	@setup/system-packages redis browser
	@$(BIN)/python docs/screenshots.py

environment:
	@setup/environment $(VENV) requirements.txt
	@setup/plotly $(VENV)

test-environment:
	@setup/environment $(VENV) requirements.txt requirements-dev.txt
	@setup/plotly $(VENV)
