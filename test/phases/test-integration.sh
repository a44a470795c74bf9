#!/usr/bin/env bash
# Does all of it work together, on server processes? At most 120 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::with_threads $(($(nproc) + 1))
# What is compared with psql has a phase of its own.
phase::run integration 120 --test integration -- --skip docker:: --skip native::scripts --skip native::characters
