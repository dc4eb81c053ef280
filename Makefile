# make run    installs what is missing, builds, and starts the demo school
# make test   installs what is missing, builds, and passes every test
# make build  stops after the build
# make check  format, lint, sanitizers, thread safety; STEPS="format lint" are those alone
# make sim    a school on simulated disks and networks, SEEDS lives (10000)
# make planted-bugs   plants one bug at a time and lets the simulation or a test find it
# make start-figures  how soon a gate is ready, and what memory it holds
# make live-figures   the live feed and posts beside Node, Express and bare writes, the table of docs/live-feed.md
# make face-figures   how often the face check errs and how long it takes, the tables of docs/face-check.md
# make gate-order     lists anew what a gate calls, so that it lies side by side in the program
# make soak   real processes, a fault every half minute, for HOURS (1); fractions work
# make package  Debian packages in build/packages
# make package-test   those packages on a bare Debian 12, from the first command to a purge, and on arm64; as root
# make reproducible   the packages built twice, in two places, and compared
# make arm64-test     the tests of a gate's rooms, devices and cameras, cross-built for arm64, by qemu; as root
# make fuzz   each fuzzer for SECONDS (600); KEEP=1 packs what it found into tests/corpus
#
# The work is CMake's, npm's and ctest's; here is only the order.

BUILD := build
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -name schema.d.ts 2>/dev/null) docs/openapi.yaml
NODE_TESTS := tests/node

.PHONY: run ready test build check fuzz sim planted-bugs start-figures face-figures live-figures gate-order soak packages package package-test reproducible arm64-test clean
.DEFAULT_GOAL := build

run: build
	@rm -rf $(BUILD)/demo  # a demo's day begins anew
	@exec $(BUILD)/tamtap run --demo --data $(BUILD)/demo

# All that the tests need.
ready: build $(BUILD)/.node-tests $(BUILD)/.photos $(BUILD)/.drivers $(BUILD)/.schemathesis $(BUILD)/.proxies $(BUILD)/promtool $(BUILD)/tests/mongodb_server
	@cmake --build $(BUILD)

test: ready
	@echo "Running the tests"
	@# Most wait more than they compute, so twice as many run as there are processors. Real browsers,
	@# disks and kills on a busy machine: a test has a second try, and the output names it.
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error --repeat until-pass:2 -j $$((2 * $$(nproc)))

build: packages $(BUILD)/build.ninja $(BUILD)/web/index.html
	@cmake --build $(BUILD) --target tamtap

packages:
	@scripts/install-packages scripts/packages.txt

$(BUILD)/build.ninja: | packages
	@echo "Configuring"
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release >$(BUILD).log || (cat $(BUILD).log; exit 1)
	@mv $(BUILD).log $(BUILD)/configure.log

$(BUILD)/web/index.html: $(WEB_SOURCES) | packages
	@echo "Building the pages"
	@mkdir -p $(BUILD)
	@cd web && npm ci --no-fund --no-audit --loglevel=error && npm run --silent build
	@touch $@

$(BUILD)/.node-tests: $(NODE_TESTS)/package-lock.json | packages
	@echo "Installing what the tests in Node.js need"
	@cd $(NODE_TESTS) && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(BUILD)/.photos: scripts/test-photos | packages
	@echo "Fetching the tests' photographs"
	@scripts/test-photos
	@touch $@

$(BUILD)/.drivers: scripts/test-drivers | packages
	@echo "Fetching drivers of others for the tests"
	@scripts/test-drivers
	@touch $@

$(BUILD)/.schemathesis: scripts/test-schemathesis | packages
	@echo "Fetching Schemathesis for the tests"
	@scripts/test-schemathesis
	@touch $@

$(BUILD)/promtool: scripts/test-promtool | packages
	@scripts/test-promtool
	@touch $@

$(BUILD)/.proxies: scripts/test-proxies | packages
	@echo "Fetching proxies for the tests"
	@scripts/test-proxies
	@touch $@

$(BUILD)/tests/mongodb_server: $(wildcard tests/mongodb_server/*) scripts/test-mongodb | packages
	@echo "Building the MongoDB-compatible server for the tests"
	@scripts/test-mongodb
	@touch $@

check: packages $(BUILD)/.photos $(BUILD)/tests/mongodb_server
	@scripts/install-packages scripts/packages-check.txt
	@scripts/check $(STEPS)

sim: packages $(BUILD)/build.ninja
	@cmake --build $(BUILD) --target simulation
	@$(BUILD)/simulation --seeds $(or $(SEEDS),10000)

planted-bugs: build
	@python3 tests/planted_bugs/run.py --build $(BUILD) --document docs/durability.md

start-figures: build
	@bench/start.py $(BUILD)/tamtap

face-figures: build $(BUILD)/.photos
	@cmake --build $(BUILD) --target face_bench
	@$(BUILD)/bench/face_bench $(BUILD)/photos

live-figures: build
	@cmake --build $(BUILD) --target live_bench
	@cd $(NODE_TESTS) && npm ci --silent
	@bench/live.py $(BUILD)

gate-order: build
	@bench/gate_order.py $(BUILD)

soak: build
	@TAMTAP_BUILD=$(BUILD) python3 tests/soak/soak.py --hours $(or $(HOURS),1)

package: build
	@scripts/install-packages scripts/packages-package.txt
	@cmake --build $(BUILD) --target modules
	@scripts/package $(BUILD)
	@scripts/package-arm64 $(BUILD)

package-test: build
	@scripts/install-packages scripts/packages-package.txt
	@cmake --build $(BUILD) --target modules
	@scripts/package $(BUILD)
	@scripts/package-arm64 $(BUILD)
	@TAMTAP_BUILD=$(abspath $(BUILD)) PYTHONDONTWRITEBYTECODE=1 python3 -m pytest -q -s -p no:cacheprovider tests/package

reproducible: package
	@BUILD=$(BUILD) scripts/check-reproducible

arm64-test: build $(BUILD)/.photos $(BUILD)/.drivers
	@scripts/install-packages scripts/packages-package.txt
	@scripts/test-arm64 $(BUILD) $(ROOMS)

fuzz: packages
	@scripts/install-packages scripts/packages-check.txt
	@scripts/fuzz $(or $(SECONDS),600)

clean:
	rm -rf $(BUILD) $(BUILD)-*
