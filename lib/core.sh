#!/usr/bin/env bash
# The life of the resource, as functions for shell callers. Sourced, not run.
# Exit codes are those of the contract: 2 says that there was nothing to do, such as starting what runs.

_POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

postgres::core::up() { "$_POSTGRES_CLI" up "$@"; }
postgres::core::ensure() { "$_POSTGRES_CLI" ensure "$@"; }
postgres::core::install() { "$_POSTGRES_CLI" manage install "$@"; }
postgres::core::uninstall() { "$_POSTGRES_CLI" manage uninstall "$@"; }
postgres::core::start() { "$_POSTGRES_CLI" manage start "$@"; }
postgres::core::stop() { "$_POSTGRES_CLI" manage stop "$@"; }
postgres::core::restart() { "$_POSTGRES_CLI" manage restart "$@"; }
postgres::core::status() { "$_POSTGRES_CLI" status "$@"; }
postgres::core::logs() { "$_POSTGRES_CLI" logs "$@"; }
postgres::core::credentials() { "$_POSTGRES_CLI" credentials "$@"; }
