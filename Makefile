# Everything here needs only Node with npm, and make; npm packages are installed when missing or changed.
STACK ?= Pulumi.dev.yaml
NODE := node

# Where the Node found is older than package.json allows, one from npm comes before it, for every process.
LEAST := $(shell sed -n 's/.*"node": ">=\(.*\)".*/\1/p' package.json)
FOUND := $(shell node -p process.versions.node)
ifneq ($(shell node -p '"$(FOUND)".localeCompare("$(LEAST)", "en", { numeric: true }) >= 0'),true)
NODE := .node/bin/node
export PATH := $(CURDIR)/.node/bin:$(PATH)
node_modules: | $(NODE)
endif

.PHONY: plan test bench tools lab build clean

.node/bin/node: .node/package.json .node/package-lock.json
	@.node/fetch "Node: found $(or $(FOUND),none), needed $(LEAST) or newer"

node_modules: package.json package-lock.json
	@echo "npm: fetching the packages of package-lock.json into node_modules/, which takes a minute or two" >&2
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch node_modules

plan: node_modules
	@$(NODE) --import tsx cli/main.ts plan $(STACK)

test: node_modules
	@npx tsc --noEmit && npx tsc --noEmit -p test
	@npx eslint .
	@npx prettier --check --log-level warn .
	@$(NODE) node_modules/mocha/bin/mocha.js

bench: node_modules
	@$(NODE) --import tsx bench/bench.ts

# What the lab runs; it builds the same itself where it is missing.
tools: node_modules
	@$(NODE) --import tsx test/lab/tools/build.ts

# Every stack file, three descriptions that LAB_SEED draws and what judges say of all plans, or what STACK names: files, `judges`, `random`; KEEP=1 leaves a file's running.
lab: node_modules
	@KEEP=$(KEEP) exec $(NODE) --import tsx test/lab/run.ts $(if $(filter command line environment,$(origin STACK)),$(STACK))

build: node_modules
	@npm run build

clean:
	rm -rf bin cli/.cache node_modules .node/bin
