#!/usr/bin/env bash
# Every setting with its default; what the caller has set already stays as it is. Sourced, not run.
# shellcheck disable=SC2034 # the variables are for whoever sources this file

# The folder of all that the resource keeps.
THING_DIR="${THING_DIR:-${HOME:?}/.local/share/thing}"
# How many seconds an answer of the service may take.
THING_ANSWER_SECONDS="${THING_ANSWER_SECONDS:-2}"
