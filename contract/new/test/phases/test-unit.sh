#!/usr/bin/env bash
# Is each part right? At most 60 seconds; no service is started.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail

THING_DIR="$(mktemp -d)"
trap 'rm -rf -- "$THING_DIR"' EXIT
root="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
# shellcheck source=../../lib/core.sh
source "$root/lib/core.sh"
# shellcheck source=../../lib/status.sh
source "$root/lib/status.sh"
# shellcheck source=../../lib/content.sh
source "$root/lib/content.sh"

failed=0
# CODE COMMAND...
ends_with() {
    local wanted="$1" code=0
    shift
    "$@" >/dev/null 2>&1 || code=$?
    if [[ "$code" -ne "$wanted" ]]; then
        printf 'failed: %s ended with %s, not with %s\n' "$*" "$code" "$wanted"
        failed=1
    fi
}
# OUTPUT COMMAND...
says() {
    local wanted="$1" said
    shift
    said="$("$@" 2>&1)"
    if [[ "$said" != "$wanted" ]]; then
        printf 'failed: %s said %s, not %s\n' "$*" "$said" "$wanted"
        failed=1
    fi
}

ends_with 0 thing::read_flags manage::start --wait --timeout 5
ends_with 0 thing::read_flags manage::start --timeout=5
ends_with 1 thing::read_flags manage::start --timeout
ends_with 1 thing::read_flags manage::start --timeout soon
ends_with 1 thing::read_flags manage::start --wait=yes
ends_with 1 thing::read_flags manage::start --sooner
ends_with 1 thing::read_flags content::get
ends_with 1 thing::read_flags content::get --name --output
ends_with 0 thing::content::is_name notes.txt
ends_with 1 thing::content::is_name ../notes.txt
says 'true' thing::json true
says '"a\\b\"c"' thing::json 'a\b"c'
says '{"a":"b","c":1}' thing::print json a b c 1
says "export THING_A='it'\\''s'" thing::print env a "it's"

# A number in a pid file proves nothing: the process may be another by now.
mkdir -p "$THING_RUN"
printf '%s 1\n' "$$" >"$THING_RUN/pid"
ends_with 1 thing::is_running
printf '%s %s\n' "$$" "$(thing::birth "$$")" >"$THING_RUN/pid"
ends_with 0 thing::is_running

exit "$failed"
