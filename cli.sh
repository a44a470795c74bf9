#!/usr/bin/env bash
# The door to this resource: finds the compiled program, builds it if it is missing or older than its sources, and becomes it.
# Standard output is the program's alone, so whatever this script and cargo have to say goes to stderr.
set -euo pipefail

self="$(readlink -f -- "${BASH_SOURCE[0]}")"
dir="${self%/*}"
export POSTGRES_RESOURCE_DIR="$dir"
# shellcheck source=lib/toolchain.sh
source "$dir/lib/toolchain.sh"

complain() {
    printf 'resource-postgres: %s\n' "$1" >&2
    shift
    [[ $# -eq 0 ]] || printf '%s\n' "$@" >&2
    exit 1
}

# A build that found nothing to do leaves the program's time as it is, so the time of the last look is kept beside it, with the
# checkout it was for: several may share one CARGO_TARGET_DIR.
is_fresh() {
    local program="$1/release/resource-postgres" since="$1/release/.resource-postgres.checked"
    [[ -x "$program" && -f "$dir/Cargo.toml" ]] || return 1
    if [[ -e "$since" ]]; then
        [[ "$(<"$since")" == "$dir" ]] || return 1
    else
        since="$program"
    fi
    [[ -z "$(find "$dir/src" "$dir/contract" "$dir/config" "$dir/Cargo.toml" "$dir/Cargo.lock" \
        -newer "$since" -print -quit 2>/dev/null)" ]]
}

build() {
    local release="$CARGO_TARGET_DIR/release"
    local begun="$release/.resource-postgres.begun.$$"
    printf 'building resource-postgres (once, about two minutes)...\n' >&2
    mkdir -p "$release"
    printf '%s\n' "$dir" >"$begun"
    # From inside the checkout, so that its own toolchain and settings hold.
    if ! (cd "$dir" && cargo build --release --locked --bin resource-postgres) >&2; then
        rm -f "$begun"
        command -v cc >/dev/null || complain "the build failed" "hint: it needs a C linker, such as the package gcc brings"
        complain "the build failed; the reason stands above"
    fi
    # A source that changed while the build ran is newer than its beginning, and is built next time.
    mv -f "$begun" "$release/.resource-postgres.checked"
}

find_prebuilt() {
    local candidate real
    while read -r candidate; do
        [[ -x "$candidate" ]] || continue
        real="$(readlink -f -- "$candidate")"
        # Neither this script, reached through a link on PATH, nor that of another checkout, which might look here in turn.
        [[ "${real##*/}" == cli.sh ]] || { printf '%s\n' "$real" && return; }
    done < <(printf '%s\n' "${CARGO_TARGET_DIR:-$dir/target}/release/resource-postgres" \
        "$dir/target/release/resource-postgres" "$dir/bin/resource-postgres"; type -aP resource-postgres || true)
    return 1
}

if [[ -n "${POSTGRES_RESOURCE_BIN:-}" ]]; then
    bin="$POSTGRES_RESOURCE_BIN"
    [[ -f "$bin" && -x "$bin" ]] || complain "POSTGRES_RESOURCE_BIN names $bin, which is no program"
elif [[ -z "${CARGO_TARGET_DIR:-}" ]] && is_fresh "$dir/target"; then
    bin="$dir/target/release/resource-postgres"
elif toolchain::find "$dir"; then
    toolchain::choose_target "$dir"
    is_fresh "$CARGO_TARGET_DIR" || build
    bin="$CARGO_TARGET_DIR/release/resource-postgres"
else
    bin="$(find_prebuilt)" || complain "there is neither a built program nor cargo to build it with" \
        "hint: install Rust (https://rustup.rs), then run this again"
fi
exec "$bin" "$@"
