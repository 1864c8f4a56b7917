# The two commands of the README, and what they are made of. `make help` lists them.
PRESET ?= release
PROGRAM = build/hotline

.PHONY: help setup build web run test test-quick lint asan tsan fuzz bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup: ## install what is missing (Debian 12)
	@tools/setup

web: setup
	@tools/build-web

build: export KINDS ?= build run
build: web ## the program, at build/hotline
	@tools/build $(PRESET)

run: build ## start the demonstration company on http://127.0.0.1:8080, data in ./var
	@HOTLINE_DATA_DIR=$${HOTLINE_DATA_DIR:-var} exec $(PROGRAM) serve --demo

test: export KINDS = build run test
test: build ## every test, on both databases
	@tools/test all

test-quick: ## unit tests and corpora only
	@tools/test quick

lint: ## format, clang-tidy, include fences, derived files
	@tools/lint

asan: ## unit, API and call tests under AddressSanitizer and UBSan
	@tools/test asan

tsan: ## unit and call tests under ThreadSanitizer
	@tools/test tsan

fuzz: ## every fuzz target for SECONDS=120
	@tools/fuzz

bench: build ## every promise in numbers; results go to bench/results
	@tools/bench

clean:
	rm -rf build web/dist
