#!/usr/bin/env bash
# The door to this resource: finds the compiled program, builds it if it is missing or older than its sources, and becomes it.
# A command that only looks is answered by the program that is there: its callers give it seconds, and a build takes minutes.
# Standard output is the program's alone, so whatever this script and cargo have to say goes to stderr.
#
# Subcommands under help, info, status, logs, credentials, manage, test and content are the program's own: it knows them from
# src/cli.rs, and none is registered here.

# Whatever shell was asked to read this, and in whatever mode.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set +o posix
set -euo pipefail

self="$(readlink -f -- "${BASH_SOURCE[0]}")"
dir="${self%/*}"
export POSTGRES_RESOURCE_DIR="$dir"
# shellcheck source=lib/toolchain.sh
source "$dir/lib/toolchain.sh"

# Vrooli's scripts take nothing but 0 for what is already so; everybody else gets the contract's 2.
managed="${VROOLI_LIFECYCLE_MANAGED:-false}"
if [[ ( -n "${var_ROOT_DIR:-}" || "$managed" != false ) && -z "${POSTGRES_SKIP_EXIT_CODE:-}" ]]; then
    export POSTGRES_SKIP_EXIT_CODE=0
fi

complain() {
    printf 'resource-postgres: %s\n' "$1" >&2
    shift
    [[ $# -eq 0 ]] || printf '%s\n' "$@" >&2
    exit 1
}

# Commands that are worth a build: they want a program that is as new as its sources.
doing=(up ensure install start restart 'manage install' 'manage start' 'manage restart' query exec execute seed
    migrate migrate-init migrate-rollback programs 'content add' 'content execute' 'content remove' 'content create-instance'
    'content create-database' 'content create-user' 'content remove-database' 'content remove-user' 'content backup'
    'content restore' 'content verify-backup' 'content clone' 'content upgrade' 'content migrate')
# Commands of these groups that only look all the same.
looking=('content migrate status' 'content migrate plan')
# Commands for which any program will do, and none will not: they end something, or hand over to what brings its own build.
ending=(stop uninstall 'manage stop' 'manage uninstall' 'test unit' 'test integration' 'test all')

# begins_with WORDS COMMAND...: whether the words begin with one of the commands.
begins_with() {
    local words="$1 " command
    shift
    for command in "$@"; do
        [[ "$words" != "$command "* ]] || return 0
    done
    return 1
}

asks_for_help() {
    local word
    for word in "$@"; do
        [[ "$word" != -- ]] || return 1
        [[ ! "$word" =~ ^(-h|--help|-V|--version)$ ]] || return 0
    done
    return 1
}

# What a command is worth a build for: `nothing`, `any` program at all, or one that is as `fresh` as its sources. What only looks is
# answered by the program that is there, and so is what no program knows.
build_for() {
    if [[ $# -eq 0 ]] || asks_for_help "$@" || begins_with "$*" "${looking[@]}"; then
        printf 'nothing\n'
    elif begins_with "$*" "${doing[@]}"; then
        printf 'fresh\n'
    elif begins_with "$*" "${ending[@]}"; then
        printf 'any\n'
    else
        printf 'nothing\n'
    fi
}

# Whether what was built in the folder $1 last was built for this checkout, as far as is known.
is_own() {
    local checked="$1/release/.resource-postgres.checked"
    [[ ! -s "$checked" || "$(<"$checked")" == "$dir" ]]
}

# A build that found nothing to do leaves the program's time as it is, so the time of the last look is kept beside it, with the
# checkout it was for: several may share one CARGO_TARGET_DIR.
is_fresh() {
    local program="$1/release/resource-postgres" since="$1/release/.resource-postgres.checked"
    [[ -x "$program" && -f "$dir/Cargo.toml" ]] && is_own "$1" || return 1
    [[ -s "$since" ]] || since="$program"
    [[ -z "$(find "$dir/src" "$dir/contract" "$dir/config" "$dir/Cargo.toml" "$dir/Cargo.lock" \
        -newer "$since" -print -quit 2>/dev/null)" ]]
}

build() {
    local release="$CARGO_TARGET_DIR/release" begun cargo code=0 signal=""
    local checked="$release/.resource-postgres.checked"
    begun="$(date +%s.%N)"
    printf 'building resource-postgres (once; it takes some minutes)...\n' >&2
    mkdir -p "$release"
    # In a process group of its own, so that an interrupt ends compilers and linkers too and not cargo alone.
    set -m
    # From inside the checkout, so that its own toolchain and settings hold.
    (cd "$dir" && exec cargo build --release --locked --bin resource-postgres) >&2 </dev/null &
    cargo=$!
    set +m
    trap 'signal=130; kill -- "-$cargo" 2>/dev/null' INT
    trap 'signal=143; kill -- "-$cargo" 2>/dev/null' TERM
    trap 'signal=129; kill -- "-$cargo" 2>/dev/null' HUP
    wait "$cargo" || code=$?
    if [[ -n "$signal" ]]; then
        wait "$cargo" || true
        printf 'the build was interrupted, and goes on where it was when it is asked for again\n' >&2
        exit "$signal"
    fi
    trap - INT TERM HUP
    if [[ "$code" -ne 0 ]]; then
        command -v cc >/dev/null || complain "the build failed" "hint: it needs a C linker, such as the package gcc brings"
        complain "the build failed; the reason stands above"
    fi
    # A source that changed while the build ran is newer than its beginning, and is built next time. Others may build beside.
    printf '%s\n' "$dir" >"$checked.$$"
    touch -d "@$begun" "$checked.$$"
    mv -f "$checked.$$" "$checked"
}

find_prebuilt() {
    local candidate real built=""
    [[ ! -f "$dir/Cargo.toml" ]] || ! is_own "$CARGO_TARGET_DIR" || built="$CARGO_TARGET_DIR/release/resource-postgres"
    while read -r candidate; do
        [[ -f "$candidate" && -x "$candidate" ]] || continue
        real="$(readlink -f -- "$candidate")"
        # Neither this script, reached through a link on PATH, nor that of another checkout, which might look here in turn.
        [[ "${real##*/}" == cli.sh ]] || { printf '%s\n' "$real" && return; }
    done < <(printf '%s\n' "$built" "$dir/target/release/resource-postgres" "$dir/bin/resource-postgres"
        type -aP resource-postgres || true)
    return 1
}

# Answers a command that only looks where there is no program to answer it: a caller of `status` gets what it can read.
answer_unbuilt() {
    local why="its program is not built yet: \`$dir/cli.sh install\` builds it" quoted
    [[ -f "$dir/Cargo.toml" ]] || why="its program is missing: it belongs in $dir/bin, or on PATH"
    if asks_for_help "$@" || begins_with "${1:-help}" help; then
        printf 'resource-postgres: isolated PostgreSQL instances for Vrooli\n\nThis is all the help that there is yet, for %s.\n' "$why"
        [[ ! -f "$dir/Cargo.toml" ]] || printf '%s/cli.sh up\n    builds it and gives a running database in one command\n' "$dir"
        exit 0
    elif ! begins_with "$1" status; then
        complain "$why"
    elif [[ " $* " =~ [[:space:]](--json|(--format[=[:space:]])?(json|yaml))[[:space:]] ]]; then
        quoted="${why//\\/\\\\}"
        quoted="${quoted//\"/\\\"}"
        quoted="${quoted//[[:cntrl:]]/ }"
        printf '{"name":"postgres","category":"storage","description":"Isolated PostgreSQL instances",'
        printf '"installed":false,"running":false,"healthy":false,"health_message":"%s",' "$quoted"
        printf '"total_instances":0,"running_instances":0,"healthy_instances":0,"port":5433,"database":"vrooli",'
        printf '"user":"vrooli","connection_string":"postgresql://vrooli@localhost:5433/vrooli",'
        printf '"image":"postgres:16-alpine","max_instances":67,"port_range_start":5433,"port_range_end":5499,'
        printf '"status":"not installed","instances":[]}\n'
    else
        printf 'PostgreSQL: not installed\n❌ Installed: No\n❌ Running: No\n❌ Healthy: No\nHealth: %s\n' "$why"
        printf 'Port: 5433 (range 5433-5499)\nEndpoint: postgresql://localhost:5433/vrooli\n'
    fi
    exit 2
}

# Whoever works on the sources should know why a change does not show.
note_age() {
    [[ -t 2 && -f "$dir/Cargo.toml" && "$1" == "$CARGO_TARGET_DIR/release/"* ]] || return 0
    is_fresh "$CARGO_TARGET_DIR" ||
        printf 'note: the program is older than its sources; %s/cli.sh install builds it anew\n' "$dir" >&2
}

needed="$(build_for "$@")"
if [[ -n "${POSTGRES_RESOURCE_BIN:-}" ]]; then
    bin="$(readlink -f -- "$POSTGRES_RESOURCE_BIN" || true)"
    [[ -f "$bin" && -x "$bin" && "${bin##*/}" != cli.sh ]] ||
        complain "POSTGRES_RESOURCE_BIN names $POSTGRES_RESOURCE_BIN, which is no program"
elif [[ "$needed" == fresh && -z "${CARGO_TARGET_DIR:-}" ]] && is_fresh "$dir/target"; then
    bin="$dir/target/release/resource-postgres"
else
    [[ ! -f "$dir/Cargo.toml" ]] || toolchain::choose_target "$dir"
    if [[ "$needed" != fresh ]] && bin="$(find_prebuilt)"; then
        note_age "$bin"
    elif [[ "$needed" == nothing ]]; then
        answer_unbuilt "$@"
    elif toolchain::find "$dir"; then
        is_fresh "$CARGO_TARGET_DIR" || build
        bin="$CARGO_TARGET_DIR/release/resource-postgres"
    else
        bin="$(find_prebuilt)" || complain "there is neither a built program nor cargo to build it with" \
            "hint: install Rust (https://rustup.rs), then run this again"
    fi
fi
exec "$bin" "$@"
