#!/usr/bin/env bash
# The one door to this resource: registers its commands, and hands over to the functions in lib/.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

THING_RESOURCE_DIR="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# In a checkout of Vrooli this is resources/thing. Outside of one, functions of the same names stand in for its framework.
APP_ROOT="${APP_ROOT:-${THING_RESOURCE_DIR%/*/*}}"
if [[ -r "${APP_ROOT}/scripts/resources/lib/cli-command-framework-v2.sh" ]]; then
    # shellcheck disable=SC1091 # they are Vrooli's
    source "${APP_ROOT}/scripts/lib/utils/var.sh"
    # shellcheck disable=SC1090,SC1091,SC2154
    source "${var_RESOURCES_COMMON_FILE}"
    # shellcheck disable=SC1091
    source "${APP_ROOT}/scripts/resources/lib/cli-command-framework-v2.sh"
else
    # shellcheck source=lib/standalone.sh
    source "$THING_RESOURCE_DIR/lib/standalone.sh"
fi
# shellcheck source=lib/core.sh
source "$THING_RESOURCE_DIR/lib/core.sh"
# shellcheck source=lib/status.sh
source "$THING_RESOURCE_DIR/lib/status.sh"
# shellcheck source=lib/content.sh
source "$THING_RESOURCE_DIR/lib/content.sh"
# shellcheck source=lib/test.sh
source "$THING_RESOURCE_DIR/lib/test.sh"

cli::init "thing" "A service that answers questions, and a place for files" "v2"

CLI_COMMAND_HANDLERS["manage::install"]="thing::install"
CLI_COMMAND_HANDLERS["manage::uninstall"]="thing::uninstall"
CLI_COMMAND_HANDLERS["manage::start"]="thing::start"
CLI_COMMAND_HANDLERS["manage::stop"]="thing::stop"
CLI_COMMAND_HANDLERS["manage::restart"]="thing::restart"

CLI_COMMAND_HANDLERS["content::add"]="thing::content::add"
CLI_COMMAND_HANDLERS["content::list"]="thing::content::list"
CLI_COMMAND_HANDLERS["content::get"]="thing::content::get"
CLI_COMMAND_HANDLERS["content::remove"]="thing::content::remove"
CLI_COMMAND_HANDLERS["content::execute"]="thing::content::execute"

CLI_COMMAND_HANDLERS["test::all"]="thing::test::all"
CLI_COMMAND_HANDLERS["test::integration"]="thing::test::integration"
CLI_COMMAND_HANDLERS["test::unit"]="thing::test::unit"
CLI_COMMAND_HANDLERS["test::smoke"]="thing::test::smoke"

cli::register_command "status" "Show whether the service runs, and whether it answers" "thing::status"
cli::register_command "logs" "Show what the service has logged" "thing::logs"
cli::register_command "credentials" "Show how to connect" "thing::credentials"

cli::dispatch "$@"
