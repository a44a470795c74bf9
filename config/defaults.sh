#!/usr/bin/env bash
# Every setting of this resource with its default, for shell callers. Sourced, not run. What the caller has set stays as it is. The
# program does not read this file: it knows the same defaults, and config/schema.json explains each.
# All names that are not settings begin with `_postgres_`, for any other may be readonly in the caller's shell.
# shellcheck disable=SC2034 # the variables are for whoever sources this file

# Whether a variable may be assigned to. An assignment to one that is readonly ends the caller's shell, and one that is an integer,
# an array or a reference to another would not hold the value, or not hand it on.
_postgres_is_plain() {
    _postgres_flags="$(declare -p "$1" 2>/dev/null || true)"
    _postgres_flags="${_postgres_flags#declare -}"
    _postgres_flags="${_postgres_flags%% *}"
    [[ "$_postgres_flags" != *[!x-]* ]]
}

# Sets a variable unless it has a value.
_postgres_default() {
    if [[ -z "${!1:-}" ]] && _postgres_is_plain "$1"; then
        printf -v "$1" '%s' "$2"
    fi
}

_postgres_dir="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
_postgres_default POSTGRES_RESOURCE_DIR "$_postgres_dir"

# Engine
_postgres_default POSTGRES_RUNTIME auto
_postgres_default POSTGRES_IMAGE postgres:16-alpine
_postgres_default POSTGRES_CONTAINER_PREFIX vrooli-postgres
_postgres_default POSTGRES_NETWORK vrooli-network

# What a new instance is made with
_postgres_default POSTGRES_DEFAULT_PORT 5433
_postgres_default POSTGRES_DEFAULT_USER vrooli
_postgres_default POSTGRES_DEFAULT_DB vrooli
_postgres_default POSTGRES_MAINTENANCE_DB postgres

# How many instances, and on which ports
_postgres_default POSTGRES_MAX_INSTANCES 67
_postgres_default POSTGRES_INSTANCE_PORT_RANGE_START 5433
_postgres_default POSTGRES_INSTANCE_PORT_RANGE_END 5499

# Where things lie
_postgres_default POSTGRES_INSTANCES_DIR "$_postgres_dir/instances"
_postgres_default POSTGRES_TEMPLATE_DIR "$_postgres_dir/config/templates"
if [[ -n "${VROOLI_ROOT:-${HOME:-}}" ]]; then
    _postgres_default POSTGRES_BACKUP_DIR "${VROOLI_ROOT:-$HOME}/.vrooli/backups/postgres"
fi
_postgres_default POSTGRES_BACKUP_RETENTION_DAYS 7

# Web interface
_postgres_default POSTGRES_GUI_IMAGE sosedoff/pgweb
_postgres_default POSTGRES_GUI_PORT_RANGE_START 8080
_postgres_default POSTGRES_GUI_PORT_RANGE_END 8099
