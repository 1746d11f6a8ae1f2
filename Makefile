# Short names for the commands of the documentation. ARGS goes to the command: make bench ARGS='--only start'.

MVN ?= mvn
ONLY_ITS = -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

.DEFAULT_GOAL := help
.PHONY: help test verify one format lint golden image demo demo-down bench bed-up bed-down bed-status

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 14

test: ## unit tests
	$(MVN) test $(ARGS)

verify: ## all tests, as root: starts the test bed, and takes it down
	$(MVN) verify $(ARGS)

one: ## one class of tests, or one test: TEST=ReferenceTest, TEST=UseIT, TEST='UseIT#thePodIsIsolatedAndHasNoPower'
	@file=$$(find crds operator e2e -path '*/src/test/*' -name "$${TEST%%#*}.java" | grep .) && grep -q "$${TEST##*[#+]}" "$$file" || \
	  { echo "There is no test TEST='$$TEST'." >&2; exit 2; }; \
	set -x; case $${TEST%%#*} in \
	  *IT) $(MVN) verify -pl "$${file%%/*}" -am $(ONLY_ITS) -Dit.test="$$TEST" $(ARGS) ;; \
	  *) $(MVN) test -pl "$${file%%/*}" -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest="$$TEST" $(ARGS) ;; \
	esac

format: ## Java and pom.xml as the build wants them
	$(MVN) spotless:apply $(ARGS)

lint: ## shellcheck, go vet, and the flags that the stand-in refuses; `make verify` runs it too
	e2e/testbed/check

golden: ## writes the expected output of the tests anew: read `git diff` afterwards
	$(MVN) test -pl operator -am -Dupdate $(ARGS)
	$(MVN) verify -Dupdate $(ONLY_ITS) -Dit.test=ChartIT $(ARGS)

image: ## the operator's image, as the archive operator/target/operator-image.tar
	$(MVN) package -pl operator -am $(ARGS)

demo: ## from a bare machine to a SandboxCluster in use, as root
	e2e/demo $(ARGS)

demo-down: ## removes what the demo made
	e2e/demo --down

bench: ## the figures of the README, as root: ARGS='--only start --runs 3'
	e2e/bench $(ARGS)

bed-up: ## starts the test bed, as root; K3S_BINARY=FILE makes sandboxes run that k3s
	e2e/testbed/up

bed-down: ## stops it, and leaves the machine as it was
	e2e/testbed/down $(ARGS)

bed-status: ## what runs there
	e2e/testbed/status
