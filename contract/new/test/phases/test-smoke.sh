#!/usr/bin/env bash
# Is the service well? At most 30 seconds.
set -euo pipefail

root="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
"$root/cli.sh" status || exit 1
