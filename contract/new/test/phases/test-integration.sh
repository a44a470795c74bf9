#!/usr/bin/env bash
# Does all of it work together? At most 120 seconds, with a service of its own in a folder of its own.
set -euo pipefail

cli="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../../cli.sh"
scratch="$(mktemp -d)"
export THING_DIR="$scratch/thing"
trap '"$cli" manage uninstall --force >/dev/null 2>&1 || true; rm -rf -- "$scratch"' EXIT
echo "test \"\$1\" = world" >"$scratch/hello.sh"

failed=0
# CODE COMMAND...
expect() {
    local wanted="$1" code=0
    shift
    "$cli" "$@" >"$scratch/said" 2>&1 || code=$?
    if [[ "$code" -ne "$wanted" ]]; then
        printf 'failed: %s ended with %s, not with %s:\n%s\n' "$*" "$code" "$wanted" "$(<"$scratch/said")"
        failed=1
    fi
}

expect 2 status
expect 1 manage start
expect 0 manage install
expect 2 manage install
expect 0 manage start --wait
expect 2 manage start
expect 0 status --format json
expect 0 content add --file "$scratch/hello.sh" --name hello
expect 2 content add --file "$scratch/hello.sh" --name hello
expect 0 content execute --name hello --options world
expect 0 manage restart
expect 0 manage stop
expect 2 manage stop
expect 0 manage uninstall --keep-data
expect 0 manage install --skip-validation
expect 0 content get --name hello
expect 0 content remove --name hello
expect 2 content get --name hello
expect 0 manage uninstall
expect 2 manage uninstall
if [[ -e "$THING_DIR" ]]; then
    printf 'failed: %s is still there\n' "$THING_DIR"
    failed=1
fi
exit "$failed"
