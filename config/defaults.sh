#!/usr/bin/env bash
# Every setting of this resource with its default, for shell callers. What the caller has set already stays as it is.
# Sourced, not run. The program does not read this file: it knows the same defaults, and config/schema.json explains each.
# shellcheck disable=SC2034 # the variables are for whoever sources this file

POSTGRES_RESOURCE_DIR="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"

# Engine
POSTGRES_RUNTIME="${POSTGRES_RUNTIME:-auto}"
POSTGRES_IMAGE="${POSTGRES_IMAGE:-postgres:16-alpine}"
POSTGRES_CONTAINER_PREFIX="${POSTGRES_CONTAINER_PREFIX:-vrooli-postgres}"
POSTGRES_NETWORK="${POSTGRES_NETWORK:-vrooli-network}"

# What a new instance is made with
POSTGRES_DEFAULT_PORT="${POSTGRES_DEFAULT_PORT:-5433}"
POSTGRES_DEFAULT_USER="${POSTGRES_DEFAULT_USER:-vrooli}"
POSTGRES_DEFAULT_DB="${POSTGRES_DEFAULT_DB:-vrooli}"
POSTGRES_MAINTENANCE_DB="${POSTGRES_MAINTENANCE_DB:-postgres}"

# How many instances, and on which ports
POSTGRES_MAX_INSTANCES="${POSTGRES_MAX_INSTANCES:-67}"
POSTGRES_INSTANCE_PORT_RANGE_START="${POSTGRES_INSTANCE_PORT_RANGE_START:-5433}"
POSTGRES_INSTANCE_PORT_RANGE_END="${POSTGRES_INSTANCE_PORT_RANGE_END:-5499}"

# Where things lie
POSTGRES_INSTANCES_DIR="${POSTGRES_INSTANCES_DIR:-$POSTGRES_RESOURCE_DIR/instances}"
POSTGRES_TEMPLATE_DIR="${POSTGRES_TEMPLATE_DIR:-$POSTGRES_RESOURCE_DIR/config/templates}"
POSTGRES_BACKUP_DIR="${POSTGRES_BACKUP_DIR:-${VROOLI_ROOT:-${HOME:-}}/.vrooli/backups/postgres}"
POSTGRES_BACKUP_RETENTION_DAYS="${POSTGRES_BACKUP_RETENTION_DAYS:-7}"

# Web interface
POSTGRES_GUI_IMAGE="${POSTGRES_GUI_IMAGE:-sosedoff/pgweb}"
POSTGRES_GUI_PORT_RANGE_START="${POSTGRES_GUI_PORT_RANGE_START:-8080}"
POSTGRES_GUI_PORT_RANGE_END="${POSTGRES_GUI_PORT_RANGE_END:-8099}"
