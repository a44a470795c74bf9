#!/usr/bin/env bash
# The test suites of the resource, as functions for shell callers. Sourced, not run.

_POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

postgres::test::all() { "$_POSTGRES_CLI" test all "$@"; }
postgres::test::smoke() { "$_POSTGRES_CLI" test smoke "$@"; }
postgres::test::integration() { "$_POSTGRES_CLI" test integration "$@"; }
postgres::test::unit() { "$_POSTGRES_CLI" test unit "$@"; }
