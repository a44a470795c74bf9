#!/usr/bin/env bash
# Questions about one instance, `main` unless named, as functions for shell callers. Sourced, not run.
# Most answer by exit code and print nothing, except that health_check and wait_for_ready report on stderr what is wrong.

_POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

# 0 only if the instance runs and answers; 1 if it runs but is not well; 2 if it does not run.
postgres::common::is_running() { "$_POSTGRES_CLI" status --instance "${1:-main}" >/dev/null 2>&1; }

# 0 if there is such an instance, running or not. The name is from the days when every instance was a container.
postgres::common::container_exists() { "$_POSTGRES_CLI" credentials --instance "${1:-main}" >/dev/null 2>&1; }

postgres::common::health_check() {
    local report code=0
    report="$("$_POSTGRES_CLI" status --instance "${1:-main}" 2>&1)" || code=$?
    [[ "$code" -eq 0 ]] || printf '%s\n' "$report" >&2
    return "$code"
}

# postgres::common::wait_for_ready [INSTANCE [SECONDS]]: waits until it answers; one that is stopped is started.
postgres::common::wait_for_ready() {
    local code=0
    "$_POSTGRES_CLI" manage start --wait --instance "${1:-main}" --timeout "${2:-30}" || code=$?
    [[ "$code" -eq 2 ]] || return "$code"
}

# postgres::common::get_connection_string [INSTANCE]: with its password.
postgres::common::get_connection_string() {
    "$_POSTGRES_CLI" content get "${1:-main}" | sed -n 's/^Connection String: //p'
}

# postgres::common::get_instance_config INSTANCE KEY: a value of the instance's record (port, user, password, database, template,
# networks, ...). 2 if the record does not have the key, 1 if there is no such instance; nothing is printed then.
postgres::common::get_instance_config() {
    "$_POSTGRES_CLI" content get "${1:-main}" --key "$2" 2>/dev/null
}

# The names of all instances, one a line.
postgres::common::list_instances() {
    "$_POSTGRES_CLI" content list-instances --format yaml | sed -n 's/^- name: //p'
}

# 0 if a new instance would have 2 GiB to grow in.
postgres::common::check_disk_space() {
    local dir free
    dir="${POSTGRES_INSTANCES_DIR:-${_POSTGRES_CLI%/*}/instances}"
    [[ "$dir" == /* ]] || dir="$PWD/$dir"
    while [[ ! -d "${dir:=/}" ]]; do dir="${dir%/*}"; done
    free="$(df -Pk -- "$dir" | awk 'NR == 2 { print $4 }')"
    [[ "$free" -ge $((2 << 20)) ]] && return
    printf 'only %s MiB are free in %s, and an instance should have 2048\n' "$((free >> 10))" "$dir" >&2
    return 1
}
