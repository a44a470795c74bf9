#!/usr/bin/env bash
# Runs one phase of the tests; sourced by the script of each phase, which says what to run and for how long.
# In a source checkout with cargo that is a compiled suite. Anywhere else the program looks at the living resource itself.

resource_dir="$(dirname -- "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")")"
# shellcheck source=lib/toolchain.sh
source "$resource_dir/lib/toolchain.sh"

phase::complain() {
    printf '%s\n' "$@" >&2
    exit 1
}

# phase::run NAME LIMIT_SECONDS CARGO_SELECTOR...: ends with 0 (passed), 1 (failed), or 2 (nothing to run).
phase::run() {
    if toolchain::find "$resource_dir"; then
        toolchain::choose_target "$resource_dir"
        cd "$resource_dir" || exit 1
        phase::compiled "$@"
    else
        phase::live "$1"
    fi
}

# Tests wait for their servers some of the time.
phase::with_threads() { export NEXTEST_TEST_THREADS="$1" RUST_TEST_THREADS="$1"; }

# Lets the tests that follow be on Docker. Ends with 2 where there is no engine, and with 1 where there should be one.
phase::on_docker() {
    local host="${DOCKER_HOST:-unix:///var/run/docker.sock}"
    if [[ "$host" == unix://* && ! -S "${host#unix://}" ]]; then
        [[ -z "${DOCKER_HOST:-}" ]] || phase::complain "docker: there is no engine at $host"
        printf 'skipped: no Docker engine\n'
        exit 2
    fi
    export RESOURCE_POSTGRES_TEST_RUNTIME=docker
    # For the engine they wait most of the time.
    phase::with_threads $((2 * $(nproc)))
}

phase::compiled() {
    local name="$1" limit="$2" factor code=0 suite=(cargo test --locked)
    shift 2
    factor="$(phase::limit_factor)" || exit 1
    limit=$((limit * factor))
    cargo nextest --version >/dev/null 2>&1 && suite=(cargo nextest run --locked)

    # The limit is for the tests. Building them may take longer, once.
    "${suite[@]}" --no-run "$@" >&2 || phase::complain "$name: the tests did not build"
    if [[ "$name" != unit ]]; then
        # Servers need PostgreSQL's programs, which are looked for and, on a bare machine, installed.
        cargo run --locked --quiet --bin resource-postgres -- programs >&2 ||
            phase::complain "$name: there are no PostgreSQL programs to test with"
    fi

    # In a process group of its own, so that the limit and an interrupt end the tests too and not cargo alone.
    timeout "$limit" "${suite[@]}" "$@" </dev/null &
    trap 'kill "$!"' INT TERM
    wait "$!" || code=$?
    case "$code" in
        0) exit 0 ;;
        4) exit 2 ;; # nextest found no tests
        124) phase::complain "$name: stopped after its limit of $limit s" \
            "hint: on a slow machine, POSTGRES_TEST_LIMIT_FACTOR=2 doubles the limits" ;;
        *) exit 1 ;;
    esac
}

phase::limit_factor() {
    local factor="${POSTGRES_TEST_LIMIT_FACTOR:-1}"
    [[ "$factor" =~ ^[1-9][0-9]{0,3}$ ]] ||
        phase::complain "POSTGRES_TEST_LIMIT_FACTOR is '$factor', which is not a whole number from 1 to 9999"
    printf '%s\n' "$factor"
}

phase::live() {
    local code=0
    if [[ "$1" != smoke && "$1" != integration ]]; then
        printf 'skipped: no Rust toolchain\n'
        exit 2
    fi
    "$resource_dir/cli.sh" test "$1" --live || code=$?
    # What is neither passed nor skipped has failed, whatever it is called.
    [[ "$code" -eq 0 || "$code" -eq 2 ]] || code=1
    exit "$code"
}
