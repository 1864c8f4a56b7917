# The two commands of the README, and what they are made of. `make help` lists them.
PRESET ?= release
PROGRAM = build/hotline

.PHONY: help setup build web run test test-quick lint asan tsan fuzz bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup: ## install what is missing on Debian 12; KINDS="build run test" says for what
	@tools/setup

web: setup
	@tools/build-web

# What only building and running needs: no test tools, no browser, no PostgreSQL server.
build run bench: export KINDS ?= build run
build: web ## the program, at build/hotline
	@tools/build $(PRESET) hotline

run: build ## start the demonstration company on http://127.0.0.1:8080, data in ./var
	@HOTLINE_DATA_DIR=$${HOTLINE_DATA_DIR:-var} exec $(PROGRAM) serve --demo

test test-quick asan tsan fuzz: export KINDS = build run test
test: build ## every test, on both databases
	@tools/test all

test-quick: setup ## unit tests and fuzz corpora only
	@tools/test quick

lint: ## format, include rules, clang-tidy
	@tools/lint

asan: build ## unit, API and call tests under AddressSanitizer and UBSan
	@tools/test asan

tsan: build ## unit and call tests under ThreadSanitizer
	@tools/test tsan

fuzz: setup ## every fuzz target, SECONDS_EACH=120 s each
	@tools/fuzz

bench: build ## every promise in numbers; results go to bench/results
	@tools/bench

clean: ## remove what was built (not var, the data)
	rm -rf build web/dist
