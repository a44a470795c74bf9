#!/usr/bin/env bash
# Are scripts run as psql runs them, backups one moment of what pgbench writes, and wrong lives found? At most 160 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::with_threads $(($(nproc) + 1))
phase::run psql 160 --test integration -- native::scripts native::characters native::life content::backups::writing
