#!/usr/bin/env bash
# Hands on to the programs that a shell caller starts: the settings of config/defaults.sh, and the connection of `main` (or of
# POSTGRES_INSTANCE) if it can be had within a second. What the caller has set stays as it is. Sourced, not run: under
# `set -euo pipefail`, again, and in any order.

# shellcheck source=config/defaults.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/defaults.sh"

export POSTGRES_RUNTIME POSTGRES_IMAGE POSTGRES_CONTAINER_PREFIX POSTGRES_NETWORK
export POSTGRES_DEFAULT_PORT POSTGRES_DEFAULT_USER POSTGRES_DEFAULT_DB POSTGRES_MAINTENANCE_DB
export POSTGRES_MAX_INSTANCES POSTGRES_INSTANCE_PORT_RANGE_START POSTGRES_INSTANCE_PORT_RANGE_END
export POSTGRES_TEMPLATE_DIR POSTGRES_BACKUP_DIR POSTGRES_BACKUP_RETENTION_DAYS
export POSTGRES_GUI_IMAGE POSTGRES_GUI_PORT_RANGE_START POSTGRES_GUI_PORT_RANGE_END

# Only a folder that the caller chose. Left alone, the program may take another one, for root's servers may not reach the default.
[[ "${POSTGRES_INSTANCES_DIR:-}" == "${POSTGRES_RESOURCE_DIR:-}/instances" ]] || export POSTGRES_INSTANCES_DIR

# Prints the connection of the instance $1, a value a line, if the program knows one. A shell of its own evaluates the program's
# lines, for in this one a variable of the same name may be readonly.
_postgres_ask_connection() {
    local cli
    cli="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"
    # shellcheck disable=SC2016 # the other shell expands them
    bash -c 'told="$(timeout 1 "$0" content get "$1" --as-env </dev/null 2>/dev/null)" && eval "$told" && printf "%s\n" \
        "$POSTGRES_HOST" "$POSTGRES_PORT" "$POSTGRES_USER" "$POSTGRES_PASSWORD" "$POSTGRES_DB" "$POSTGRES_SSLMODE"' "$cli" "$1"
}

# Sets REPLY to the text as it may stand in a URL.
_postgres_encode() {
    local LC_ALL=C encoded="" at byte
    for ((at = 0; at < ${#1}; at++)); do
        byte="${1:at:1}"
        if [[ "$byte" != [a-zA-Z0-9._~-] ]]; then
            printf -v byte '%d' "'$byte"
            printf -v byte '%%%02X' "$((byte & 255))"
        fi
        encoded+="$byte"
    done
    REPLY="$encoded"
}

# Sets REPLY to the URL of the connection as the variables have it, some of which may be the caller's.
_postgres_compose_url() {
    local user password
    _postgres_encode "$POSTGRES_USER"
    user="$REPLY"
    _postgres_encode "$POSTGRES_PASSWORD"
    password="$REPLY"
    _postgres_encode "$POSTGRES_DB"
    REPLY="postgresql://$user:$password@$POSTGRES_HOST:$POSTGRES_PORT/$REPLY?sslmode=$POSTGRES_SSLMODE"
}

_postgres_hand_on_connection() {
    local parts=(POSTGRES_HOST POSTGRES_PORT POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_SSLMODE)
    local name at missing="" told REPLY
    _postgres_default POSTGRES_INSTANCE main
    export POSTGRES_INSTANCE
    for name in "${parts[@]}"; do
        [[ -n "${!name:-}" ]] || missing=1
    done
    if [[ -n "$missing" ]]; then
        mapfile -t told < <(_postgres_ask_connection "$POSTGRES_INSTANCE" || true)
        [[ ${#told[@]} -eq ${#parts[@]} ]] || return 0
        for at in "${!parts[@]}"; do
            _postgres_default "${parts[at]}" "${told[at]}"
        done
    fi
    export "${parts[@]}"
    # A caller's own may be readonly and empty.
    for name in "${parts[@]}"; do
        [[ -n "${!name:-}" ]] || return 0
    done
    _postgres_compose_url
    _postgres_default POSTGRES_URL "$REPLY"
    _postgres_default DATABASE_URL "${POSTGRES_URL:-}"
    _postgres_default POSTGRES_HEALTH_CHECK "pg_isready -h $POSTGRES_HOST -p $POSTGRES_PORT -U $POSTGRES_USER"
    export POSTGRES_URL DATABASE_URL POSTGRES_HEALTH_CHECK
}

_postgres_hand_on_connection
