# Two commands for a newcomer: `make demo` and `make test`. The rest is for who works here.

PROFILE ?= release

# The folder that cargo names after the profile; `dev` is the one exception.
BUILT := $(or $(CARGO_TARGET_DIR),target)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))

.DEFAULT_GOAL := help
.PHONY: help demo test check sdk readme book reference bench format

help: ## Says what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Builds the gateway and runs it with a simulated provider: no key, no account, no database
	@scripts/install rust
	@cargo build --profile $(PROFILE) -p seawall
	@exec $(BUILT)/seawall demo

test: ## Installs what is missing and runs every check and every test
	@scripts/install rust python checks prices sdk readme book
	@scripts/test

check: ## The checks that take seconds to a minute: format, rules of the house, spelling, licences, lints
	@scripts/install rust python checks
	@scripts/test format house spelling licences clippy

sdk: ## The official OpenAI SDKs through a running gateway
	@scripts/install rust python sdk
	@scripts/test binary python-sdk node-sdk

readme: ## The commands of the README and the book
	@scripts/install rust python readme
	@scripts/test binary readme transcripts

book: ## The book in docs/ as HTML, into target/book
	@scripts/install rust python book
	@scripts/book

reference: ## Renews the pages of the book that the program writes: the command line, the settings, the causes
	@SEAWALL_RENEW=1 cargo test -p seawall --bin seawall reference

bench: ## The targets, what this machine measures for each and whether it is met, in seven to twelve minutes
	@scripts/install rust python
	@bench/run

format: ## Formats the Rust code
	@cargo fmt --all
