#!/usr/bin/env bash
# Every setting of this resource with its default, for shell callers. Sourced, not run. The program does not read this file: it
# knows the same defaults, and config/schema.json explains each.
# shellcheck disable=SC2034 # the variables are for whoever sources this file

# Sets a variable unless it has a value, or is readonly: an assignment would end a caller's shell then.
_postgres_default() {
    [[ -z "${!1:-}" ]] || return 0
    [[ "$(declare -p "$1" 2>/dev/null || true)" =~ ^declare\ -[a-zA-Z]*r ]] || printf -v "$1" '%s' "$2"
}

_postgres_default POSTGRES_RESOURCE_DIR "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"

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
_postgres_default POSTGRES_INSTANCES_DIR "${POSTGRES_RESOURCE_DIR:-}/instances"
_postgres_default POSTGRES_TEMPLATE_DIR "${POSTGRES_RESOURCE_DIR:-}/config/templates"
[[ -z "${VROOLI_ROOT:-${HOME:-}}" ]] ||
    _postgres_default POSTGRES_BACKUP_DIR "${VROOLI_ROOT:-$HOME}/.vrooli/backups/postgres"
_postgres_default POSTGRES_BACKUP_RETENTION_DAYS 7

# Web interface
_postgres_default POSTGRES_GUI_IMAGE sosedoff/pgweb
_postgres_default POSTGRES_GUI_PORT_RANGE_START 8080
_postgres_default POSTGRES_GUI_PORT_RANGE_END 8099
