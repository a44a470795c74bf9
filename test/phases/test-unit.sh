#!/usr/bin/env bash
# Is each part right? At most 80 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::run unit 80 --lib --test unit
