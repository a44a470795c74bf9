#!/usr/bin/env bash
# Does a newly made resource work at all? At most 10 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::run smoke 10 --test smoke
