#!/usr/bin/env bash
# Passes the settings of config/defaults.sh on to the programs that a shell caller starts. Sourced, not run.

# shellcheck source=config/defaults.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/defaults.sh"

export POSTGRES_RUNTIME POSTGRES_IMAGE POSTGRES_CONTAINER_PREFIX POSTGRES_NETWORK
export POSTGRES_DEFAULT_PORT POSTGRES_DEFAULT_USER POSTGRES_DEFAULT_DB POSTGRES_MAINTENANCE_DB
export POSTGRES_MAX_INSTANCES POSTGRES_INSTANCE_PORT_RANGE_START POSTGRES_INSTANCE_PORT_RANGE_END
export POSTGRES_TEMPLATE_DIR POSTGRES_BACKUP_DIR POSTGRES_BACKUP_RETENTION_DAYS
export POSTGRES_GUI_IMAGE POSTGRES_GUI_PORT_RANGE_START POSTGRES_GUI_PORT_RANGE_END

# Only a folder that the caller chose. Left alone, the program may take another one, for root's servers may not reach the default.
[[ "$POSTGRES_INSTANCES_DIR" == "$POSTGRES_RESOURCE_DIR/instances" ]] || export POSTGRES_INSTANCES_DIR
