# Everything here needs only Node (>= 20.19) and make; npm packages are installed when missing or changed.
STACK ?= Pulumi.dev.yaml

.PHONY: plan test bench lab build clean

node_modules: package.json package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch node_modules

plan: node_modules
	@node --import tsx cli/main.ts plan $(STACK)

test: node_modules
	@npx tsc --noEmit && npx tsc --noEmit -p test
	@npx eslint .
	@npx prettier --check --log-level warn .
	@node node_modules/mocha/bin/mocha.js

bench: node_modules
	@node --import tsx bench/bench.ts

# Every stack file, or the one that STACK names, on real servers without a cloud; KEEP=1 leaves one running.
lab: node_modules
	@KEEP=$(KEEP) exec node --import tsx test/lab/run.ts $(if $(filter command line environment,$(origin STACK)),$(STACK))

build: node_modules
	@npm run build

clean:
	rm -rf bin node_modules
