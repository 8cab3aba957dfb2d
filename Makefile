# `make` alone lists the targets.

# The .NET name of this machine.
RID := linux-$(patsubst x86_64,x64,$(patsubst aarch64,arm64,$(shell uname -m)))

# 0: the binary uses the C library and the OpenSSL of the system it runs on.
STATIC := 1
export STATIC

# Of what a static binary has to compile of .NET; the default is without optimization.
export CMAKE_BUILD_TYPE := Release

VERSION := $(shell sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

# Directories are in the list so that a deleted file counts as a change.
SOURCES := $(shell find src \( -name bin -o -name obj \) -prune -o -print) \
	$(wildcard Directory.*.props) global.json .editorconfig

SCRIPTS := data.sample/make.sh $(wildcard scripts/*.sh packaging/debian/lego-lite.post* packaging/debian/lego-lite.prerm) tests/LeGo.Lite.Packaging/Systemd/boot.sh

SCHEMAS := tests/LeGo.Lite.Packaging/Kubernetes/schemas

# dotnet uses all cores by itself, and two setups at once would be in each other's way.
.NOTPARALLEL:

# What was half made is not taken for made.
.DELETE_ON_ERROR:

.PHONY: help setup build deb image run test test-packaging release bench check format sample clean setup-build setup-deb setup-image setup-packaging setup-sample setup-bench setup-release

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

setup: ## install what the build and the tests need, or say what to install
	@scripts/setup.sh

setup-build:
	@scripts/setup.sh build

setup-deb:
	@scripts/setup.sh deb

setup-image:
	@scripts/setup.sh image

setup-packaging:
	@scripts/setup.sh packaging

setup-release:
	@scripts/setup.sh release

setup-sample:
	@scripts/setup.sh sample

setup-bench:
	@scripts/setup.sh bench

build: artifacts/lego-lite ## make the native binary, artifacts/lego-lite; STATIC=0 for one that uses the system's OpenSSL and C library

# The order-only prerequisite runs first but never makes the binary look old. The last
# step is a rename: the binary is whole or absent, and a running one is not disturbed.
artifacts/lego-lite: $(SOURCES) artifacts/static-$(STATIC) | setup-build
	dotnet publish src/LeGo.Lite -c Release -r $(RID) -o artifacts/publish --nologo -p:Static=$(if $(filter 0,$(STATIC)),false,true)
	install -m 755 artifacts/publish/lego-lite artifacts/lego-lite.new
	mv -f artifacts/lego-lite.new artifacts/lego-lite

# Which kind was made last.
artifacts/static-%:
	@mkdir -p artifacts && rm -f artifacts/static-* && touch $@

run: build ## serve data.sample as lego-lite.yaml says, until Ctrl-C
	@echo 'Try in another terminal:'
	@scripts/curl-lines.sh
	@exec artifacts/lego-lite serve --config lego-lite.yaml

test: setup build ## run all tests, those of the native binary too
	@failed=0; for tests in Tests EndToEnd; do dotnet test --project tests/LeGo.Lite.$$tests || failed=1; done; exit $$failed

test-packaging: setup-packaging build release deb image $(SCHEMAS)/node_modules ## test what is installed and how; takes root and minutes
	dotnet test --project tests/LeGo.Lite.Packaging

release: artifacts/release/SHA256SUMS ## make artifacts/release of the last commit: binaries for x64 and arm64, bill of materials, notices, sums
	@echo "artifacts/release is of the last commit. After an update of Debian's OpenSSL or C library, for new ones in it: make clean release"

artifacts/release/SHA256SUMS: artifacts/commit-$(shell git rev-parse --verify HEAD 2>/dev/null) | setup-release
	scripts/release.sh

# Which commit was last released.
artifacts/commit-%:
	@mkdir -p artifacts && rm -f artifacts/commit-* && touch $@

# Where git names no commit.
artifacts/commit-:
	@echo 'release: a release is made of a commit, and git finds none here (git log says why). Make it in a clone of the repository.' >&2; exit 1

# The directory is as new as what npm makes last in it.
$(SCHEMAS)/node_modules: $(SCHEMAS)/package-lock.json | setup-packaging
	cd $(SCHEMAS) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

image: $(patsubst %,artifacts/image/lego-lite-$(VERSION)-%.tar,amd64 arm64) ## make the container images of that release, artifacts/image

artifacts/image/lego-lite-$(VERSION)-%.tar: artifacts/release/SHA256SUMS Containerfile scripts/image.sh | setup-image
	scripts/image.sh $(VERSION) $* artifacts/release/lego-lite-$(VERSION)-linux-$(patsubst amd64,x64,$*)

deb: release setup-deb ## make the Debian packages of that release, artifacts/deb
	scripts/deb.sh artifacts/release/lego-lite-$(VERSION)-linux-x64 amd64 artifacts/deb
	scripts/deb.sh artifacts/release/lego-lite-$(VERSION)-linux-arm64 arm64 artifacts/deb

bench: setup-bench build ## measure into bench/results; SIZES="10 1000", SECTIONS="nginx served" and SECONDS=1 do less, LOOK=1 only prints
	dotnet publish bench/LeGo.Lite.Bench -c Release -r $(RID) -o artifacts/bench --nologo
	dotnet build bench/LeGo.Lite.Pieces -c Release -o artifacts/pieces --nologo
	@artifacts/bench/lego-lite-bench $(SECTIONS) $(SIZES) $(SECONDS:%=%s) $(LOOK:%=--look)

check: setup ## look for formatting errors and warnings of the analysers
	dotnet format LeGo.Lite.sln --verify-no-changes
	dotnet build LeGo.Lite.sln --nologo -warnaserror
	@for script in $(SCRIPTS); do sh -n $$script || exit 1; done; bash -n .ci/run
	@if command -v shellcheck >/dev/null; then shellcheck $(SCRIPTS) .ci/run packaging/completions/bash/lego-lite; fi

format: setup ## format the sources
	dotnet format LeGo.Lite.sln

sample: setup-sample ## make the keys and certificates of data.sample anew
	@data.sample/make.sh

clean: ## remove what was built
	rm -rf artifacts
	find src tests bench -type d \( -name bin -o -name obj -o -name TestResults -o -name node_modules \) -prune -exec rm -rf {} +
