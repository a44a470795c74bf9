#!/usr/bin/env bash
# Hands on to the programs that a shell caller starts: the settings of config/defaults.sh, and the connection of `main` (or of
# POSTGRES_INSTANCE) if it can be had within a second. What the caller has set stays as it is, and is a part of the URLs. Sourced, not
# run: under `set -euo pipefail`, again after a part has changed, and in any order.
# All names that are not handed on begin with `_postgres_`, for any other may be readonly in the caller's shell.

# shellcheck source=config/defaults.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/defaults.sh"

export POSTGRES_RUNTIME POSTGRES_IMAGE POSTGRES_CONTAINER_PREFIX POSTGRES_NETWORK
export POSTGRES_DEFAULT_PORT POSTGRES_DEFAULT_USER POSTGRES_DEFAULT_DB POSTGRES_MAINTENANCE_DB
export POSTGRES_MAX_INSTANCES POSTGRES_INSTANCE_PORT_RANGE_START POSTGRES_INSTANCE_PORT_RANGE_END
export POSTGRES_TEMPLATE_DIR POSTGRES_BACKUP_DIR POSTGRES_BACKUP_RETENTION_DAYS
export POSTGRES_GUI_IMAGE POSTGRES_GUI_PORT_RANGE_START POSTGRES_GUI_PORT_RANGE_END

# Only a folder that the caller chose. Left alone, the program may take another one, for root's servers may not reach the default.
if [[ "${POSTGRES_INSTANCES_DIR:-}" != "$_postgres_dir/instances" ]]; then
    export POSTGRES_INSTANCES_DIR
fi

_postgres_names=(POSTGRES_INSTANCE POSTGRES_HOST POSTGRES_PORT POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_SSLMODE
    POSTGRES_URL POSTGRES_ADMIN_URL DATABASE_URL POSTGRES_HEALTH_CHECK POSTGRES_POOL_SIZE)
# What was handed on when this file was sourced before, by name.
declare -gA _postgres_handed_on

# Whether a variable has the value that was handed on before, which is not the caller's own.
_postgres_is_ours() {
    [[ -n "${_postgres_handed_on[$1]:-}" && "${!1:-}" == "${_postgres_handed_on[$1]}" ]]
}

# Prints what the program knows and the caller has not set, `NAME=value` a line. Runs in a shell of its own.
_postgres_ask() {
    trap - DEBUG ERR RETURN
    set +eux
    for _postgres_name in "${_postgres_names[@]}"; do
        if _postgres_is_ours "$_postgres_name"; then
            unset "$_postgres_name"
        else
            export "${_postgres_name?}"
        fi
    done
    unset BASH_ENV ENV POSIXLY_CORRECT
    exec timeout -k 1 1 "$_postgres_dir/cli.sh" content get --for-exports --instance="${POSTGRES_INSTANCE:-main}"
}

_postgres_told="$(_postgres_ask 2>/dev/null </dev/null)" || _postgres_told=""
if [[ -z "$_postgres_told" ]] && ! _postgres_is_ours POSTGRES_INSTANCE; then
    # Of the instance that is meant now nothing is known, and the connection of another one would mislead.
    for _postgres_name in "${_postgres_names[@]}"; do
        if _postgres_is_ours "$_postgres_name" && _postgres_is_plain "$_postgres_name"; then
            unset "$_postgres_name"
        fi
    done
fi
mapfile -t _postgres_lines <<<"$_postgres_told"
for _postgres_line in "${_postgres_lines[@]}"; do
    _postgres_name="${_postgres_line%%=*}"
    if [[ -n "$_postgres_name" ]] && _postgres_is_plain "$_postgres_name"; then
        printf -v "$_postgres_name" '%s' "${_postgres_line#*=}"
        _postgres_handed_on[$_postgres_name]="${_postgres_line#*=}"
    fi
done
for _postgres_name in "${_postgres_names[@]}"; do
    if [[ -n "${!_postgres_name:-}" ]]; then
        export "${_postgres_name?}"
    fi
done
