#!/usr/bin/env bash
# The test suites of the resource, as functions for shell callers. Sourced, not run.

POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

postgres::test::all() { "$POSTGRES_CLI" test all "$@"; }
postgres::test::smoke() { "$POSTGRES_CLI" test smoke "$@"; }
postgres::test::integration() { "$POSTGRES_CLI" test integration "$@"; }
postgres::test::unit() { "$POSTGRES_CLI" test unit "$@"; }
