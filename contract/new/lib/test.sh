#!/usr/bin/env bash
# The test suites, each of which is a script of its own. Sourced after core.sh, not run.

thing::test::all() { thing::read_flags test::all "$@" && "$THING_RESOURCE_DIR/test/run-tests.sh" all; }
thing::test::integration() { thing::read_flags test::integration "$@" && "$THING_RESOURCE_DIR/test/phases/test-integration.sh"; }
thing::test::unit() { thing::read_flags test::unit "$@" && "$THING_RESOURCE_DIR/test/phases/test-unit.sh"; }
thing::test::smoke() { thing::read_flags test::smoke "$@" && "$THING_RESOURCE_DIR/test/phases/test-smoke.sh"; }
