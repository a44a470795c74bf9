#!/usr/bin/env bash
# Does all of it work together, on server processes? At most 240 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::with_threads $(($(nproc) + 1))
# What is compared with psql or written by pgbench, and the lives of other resources, have a phase of their own.
phase::run integration 240 --test integration -- --skip docker:: --skip native::scripts --skip native::characters --skip native::life --skip content::backups::writing
