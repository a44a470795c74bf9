#!/usr/bin/env bash
# Questions about one instance, `main` unless named, as functions for shell callers. Sourced, not run.
# The first four answer by exit code and print nothing, except that health_check and wait_for_ready report on stderr what is wrong.

POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

# 0 only if the instance runs and answers; 1 if it runs but is not well; 2 if it does not run.
postgres::common::is_running() { "$POSTGRES_CLI" status --instance "${1:-main}" >/dev/null 2>&1; }

# 0 if there is such an instance, running or not. The name is from the days when every instance was a container.
postgres::common::container_exists() { "$POSTGRES_CLI" credentials --instance "${1:-main}" >/dev/null 2>&1; }

postgres::common::health_check() {
    local report code=0
    report="$("$POSTGRES_CLI" status --instance "${1:-main}" 2>&1)" || code=$?
    [[ "$code" -eq 0 ]] || printf '%s\n' "$report" >&2
    return "$code"
}

# postgres::common::wait_for_ready [INSTANCE [SECONDS]]: waits until it answers; one that is stopped is started.
postgres::common::wait_for_ready() {
    local code=0
    "$POSTGRES_CLI" manage start --wait --instance "${1:-main}" --timeout "${2:-30}" || code=$?
    [[ "$code" -eq 2 ]] || return "$code"
}

# postgres::common::get_connection_string [INSTANCE]: with its password.
postgres::common::get_connection_string() {
    "$POSTGRES_CLI" content get "${1:-main}" | sed -n 's/^Connection String: //p'
}

# The names of all instances, one a line.
postgres::common::list_instances() {
    "$POSTGRES_CLI" content list-instances --format yaml | sed -n 's/^- name: //p'
}
