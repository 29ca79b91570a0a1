# Two commands for a fresh machine: `make run` and `make test`. Both build in release, in one folder, so that what
# is tested is what is served.
SWIFT = swift
BUILD = $(SWIFT) build -c release
TEST = $(SWIFT) test -c release --disable-testable-imports --skip-build
SERVER = .build/release/sinkholed

.PHONY: run test build bench bench-quick bench-policy bench-cache faults soak fuzz lint

run: setup-build build
	$(SERVER) run

build:
	$(BUILD) --product sinkholed

test: setup-test build
	$(BUILD) --build-tests
	# One after the other: some of them measure time, and the peers' start-up would take their cores.
	$(TEST) --filter SinkholeTests
	$(TEST) --filter ConformanceTests --skip Plays
	$(TEST) --filter 'ConformanceTests.*Plays'
	$(TEST) --filter SinkholeCertificatesTests
	$(TEST) --filter SinkholeWebTests
	$(TEST) --filter SinkholeTransportsTests
	$(TEST) --filter SinkholeLedgerTests
	$(TEST) --filter PeerTests

# Speed side by side with a floor and with peers from Debian: Benchmarks/README.md.
bench: setup-bench build
	python3 Benchmarks/bench.py

bench-quick: setup-bench build
	python3 Benchmarks/bench.py --quick

# Lists of up to ten million names: time to load, memory, looks, reloads. docs/performance.md.
bench-policy: setup-build
	$(BUILD) --product policy-bench
	.build/release/policy-bench

# What the cache keeps beside other rules of replacement, what a look and a store cost, and a day of its life:
# docs/performance.md.
bench-cache: setup-build
	$(BUILD) --product cache-bench
	.build/release/cache-bench

# Mixed load while the policy is reloaded every second: nothing lost, nothing wrong, memory flat.
soak: setup-bench build
	python3 Benchmarks/soak.py

# Upstreams that are slow, wrong, lying or gone, beside Unbound and dnsdist; as root, for network namespaces.
faults: setup-bench build
	python3 Benchmarks/Faults/faults.py

# Mutated packets and libFuzzer over all that reads from outside, under AddressSanitizer: docs/testing.md.
fuzz: setup-fuzz
	scripts/fuzz

lint:
	$(SWIFT) format lint --recursive --parallel Benchmarks/Cache Benchmarks/Policy Fuzz/Entries Fuzz/Inputs Sources Tests Package.swift

setup-%:
	@scripts/setup $*
