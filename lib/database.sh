#!/usr/bin/env bash
# Work with the databases of an instance, as functions for shell callers. Sourced, not run.

POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

# postgres::database::execute INSTANCE SQL [DATABASE]
# The `--` keeps SQL that opens with a comment from being taken for a flag.
postgres::database::execute() {
    "$POSTGRES_CLI" content execute --instance "$1" ${3:+--database "$3"} -- "$2"
}
