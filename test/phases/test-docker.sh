#!/usr/bin/env bash
# Does all of it work together, in containers? At most 120 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::need_docker
export RESOURCE_POSTGRES_TEST_RUNTIME=docker
# Tests wait for the engine most of the time.
threads=$((2 * $(nproc)))
export NEXTEST_TEST_THREADS="$threads" RUST_TEST_THREADS="$threads"
phase::run docker 120 --test integration -- --skip native::
