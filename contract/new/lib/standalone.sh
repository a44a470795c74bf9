#!/usr/bin/env bash
# Stands in for Vrooli's command framework where there is none: commands are registered by functions of the same names, and asked
# for help they answer without being run. Knows nothing of the resource. Sourced, not run.

declare -A CLI_COMMAND_HANDLERS=() CLI_COMMAND_DESCRIPTIONS=() CLI_COMMAND_GROUPS=()
# Full names such as manage::start, in the order in which they came.
CLI_COMMANDS=()
CLI_RESOURCE_DIR="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"

# NAME DESCRIPTION MODE
cli::init() {
    local group name description
    CLI_RESOURCE_NAME="$1" CLI_RESOURCE_DESCRIPTION="$2"
    cli::register_command "help" "Show this page" "cli::help"
    cli::register_command "info" "Show what config/runtime.json says" "cli::info"
    # Their handlers are the resource's.
    while read -r group name description; do
        cli::register_subcommand "$group" "$name" "$description" ""
    done <<'END'
manage install Make the resource ready to start
manage uninstall Take the resource off this machine
manage start Set the service running
manage stop Shut the service down
manage restart Shut the service down and set it running again
test all Run all test suites
test integration Try the resource from end to end
test unit Try its parts one by one
test smoke See in a few seconds whether the service is well
content add Give the resource a file to keep
content list Show what the resource keeps
content get Hand out what is kept under a name
content remove Throw away what is kept under a name
content execute Run what is kept under a name
END
}

# NAME DESCRIPTION HANDLER
cli::register_command() {
    [[ -n "${CLI_COMMAND_DESCRIPTIONS[$1]:-}" ]] || CLI_COMMANDS+=("$1")
    CLI_COMMAND_DESCRIPTIONS[$1]="$2" CLI_COMMAND_HANDLERS[$1]="$3"
}

# GROUP NAME DESCRIPTION HANDLER
cli::register_subcommand() {
    CLI_COMMAND_GROUPS[$1]=yes
    cli::register_command "$1::$2" "$3" "$4"
}

cli::dispatch() {
    local command="${1:-help}" name="${1:-}" argument handler=""
    [[ $# -eq 0 ]] || shift
    case "$command" in
        -h | --help) command=help ;;
    esac
    if [[ -n "${CLI_COMMAND_GROUPS[$command]:-}" ]]; then
        case "${1:-}" in
            "" | -h | --help) cli::list "$command" && return ;;
        esac
        handler="${CLI_COMMAND_HANDLERS[$command::$1]:-}"
        name+=" $1"
        command+="::$1"
        shift
    elif [[ "$command" != *::* ]]; then
        handler="${CLI_COMMAND_HANDLERS[$command]:-}"
    fi
    if [[ -z "$handler" ]]; then
        cli::refuse "unknown command: $name (see resource-$CLI_RESOURCE_NAME help)"
        return
    fi
    for argument in "$@"; do
        case "$argument" in
            -h | --help) cli::describe "$command" && return ;;
        esac
    done
    "$handler" "$@"
}

cli::refuse() {
    printf 'error: %s\n' "${1//[[:cntrl:]]/ }" >&2
    return 1
}

cli::help() {
    local name="resource-$CLI_RESOURCE_NAME"
    if [[ $# -gt 0 ]]; then
        cli::refuse "help takes no arguments: $*"
        return
    fi
    cat <<END
$CLI_RESOURCE_NAME: $CLI_RESOURCE_DESCRIPTION

Usage examples:
  $name manage install
  $name manage start --wait
  $name content add --file notes.txt --name notes
  $name status --format json
  $name manage uninstall --keep-data

Available commands:
END
    cli::list ""
    printf '\n"%s COMMAND --help" shows the flags of each.\n\nDefault configuration:\n' "$name"
    # What is assigned by default in lines such as NAME="${NAME:-default}".
    sed -n 's/^\([A-Z_]*\)="${\1:-\(.*\)}"$/  \1=\2/p' "$CLI_RESOURCE_DIR/config/defaults.sh"
    printf '\nExit codes: 0 done, 1 failed, 2 skipped, since it was so already or there is none.\n'
}

# The commands of a group, or all.
cli::list() {
    local command
    [[ -z "$1" ]] || printf 'Usage: resource-%s %s SUBCOMMAND [FLAGS]\n\n' "$CLI_RESOURCE_NAME" "$1"
    for command in "${CLI_COMMANDS[@]}"; do
        [[ -n "$1" && "$command" != "$1::"* ]] ||
            printf '  %-20s %s\n' "${command/::/ }" "${CLI_COMMAND_DESCRIPTIONS[$command]}"
    done
}

# A command with its flags, which are the resource's: CLI_COMMAND_ARGUMENTS has a line for each, as it says itself.
cli::describe() {
    local flag value meaning
    printf 'Usage: resource-%s %s [FLAGS]\n\n%s\n' "$CLI_RESOURCE_NAME" "${1/::/ }" "${CLI_COMMAND_DESCRIPTIONS[$1]}"
    [[ -z "${CLI_COMMAND_ARGUMENTS[$1]:-}" ]] || printf '\nFlags:\n'
    while read -r flag value meaning; do
        case "$value" in
            "") continue ;;
            switch) value="" ;;
            required) value=" TEXT" meaning+=" (required)" ;;
            text) value=" TEXT" ;;
            number:*) meaning+=" (default ${value#*:})" value=" NUMBER" ;;
            *) meaning+=" (default ${value%%|*})" value=" $value" ;;
        esac
        printf '  %-26s %s\n' "$flag$value" "$meaning"
    done <<<"${CLI_COMMAND_ARGUMENTS[$1]:-}"
}

cli::info() {
    local facts="$CLI_RESOURCE_DIR/config/runtime.json"
    case "$*" in
        "") sed -n 's/^ *"\([a-z_]*\)": *"\{0,1\}\(.*[^",]\)"\{0,1\},*$/\1: \2/p' "$facts" || return 1 ;;
        --json) cat -- "$facts" || return 1 ;;
        *) cli::refuse "info takes --json only: $*" ;;
    esac
}
