#!/usr/bin/env bash
# The life of the resource, as functions for shell callers. Sourced, not run.
# Exit codes are those of the contract: 2 says that there was nothing to do, such as starting what runs.

POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

postgres::core::up() { "$POSTGRES_CLI" up "$@"; }
postgres::core::ensure() { "$POSTGRES_CLI" ensure "$@"; }
postgres::core::install() { "$POSTGRES_CLI" manage install "$@"; }
postgres::core::uninstall() { "$POSTGRES_CLI" manage uninstall "$@"; }
postgres::core::start() { "$POSTGRES_CLI" manage start "$@"; }
postgres::core::stop() { "$POSTGRES_CLI" manage stop "$@"; }
postgres::core::restart() { "$POSTGRES_CLI" manage restart "$@"; }
postgres::core::status() { "$POSTGRES_CLI" status "$@"; }
postgres::core::logs() { "$POSTGRES_CLI" logs "$@"; }
postgres::core::credentials() { "$POSTGRES_CLI" credentials "$@"; }
