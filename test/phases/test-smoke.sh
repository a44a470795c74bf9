#!/usr/bin/env bash
# Is the resource well? Asked of the living resource by its own program, within 30 seconds; nothing is built for it.
# The compiled suite of the same name is run by `test/run-tests.sh smoke`.
set -euo pipefail

resource_dir="$(dirname -- "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")")"
exec "$resource_dir/cli.sh" test smoke --live
