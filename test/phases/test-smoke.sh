#!/usr/bin/env bash
# Is the resource well? At most 30 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::run smoke 30 --test smoke
