#!/usr/bin/env bash
# The life of the resource, and what all of its commands share. Sourced, not run.
# Functions end with the contract's codes: 0 done, 1 failed, 2 skipped; whoever is told 1 or 2 finds the reason on stderr.
# shellcheck source-path=SCRIPTDIR

THING_RESOURCE_DIR="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
# shellcheck source=../config/defaults.sh
source "$THING_RESOURCE_DIR/config/defaults.sh"
# The service leaves the caller's folder.
[[ "$THING_DIR" == /* ]] || THING_DIR="$PWD/$THING_DIR"
THING_RUN="$THING_DIR/run"

# The flags of each command, one on a line: its name, its value, its meaning. A value is `switch` where there is none, `required`,
# `text`, `number:DEFAULT`, or a choice such as `text|json`, the default first. Arguments are read by these lines and help shows
# them, so that the two cannot differ.
declare -A CLI_COMMAND_ARGUMENTS=(
    [info]='--json switch answer with JSON'
    [manage::install]='
        --force switch do not ask
        --skip-validation switch leave out the trial start'
    [manage::uninstall]='
        --force switch do not ask
        --keep-data switch leave what is kept where it is'
    [manage::start]='
        --wait switch return once the service answers, as it always does
        --timeout number:60 how many seconds the service may take to answer'
    [manage::stop]='
        --force switch end the service at once
        --timeout number:30 how many seconds the service may take to end'
    [manage::restart]='--force switch end the service at once'
    [content::add]='
        --file required the file to read
        --type text what it is: script can be executed (default script for *.sh, else data)
        --name text the name to keep it under (default that of the file)'
    [content::list]='
        --format text|json|yaml how to print the list
        --filter text only names that match, such as *.txt'
    [content::get]='
        --name required the name it is kept under
        --output text the file to write, in place of standard output'
    [content::remove]='
        --name required the name it is kept under
        --force switch do not ask'
    [content::execute]='
        --name required the name it is kept under
        --options text arguments for the script, between blanks'
    [status]='
        --format text|json|yaml how to print it
        --verbose switch with process, folder and number of files'
    [logs]='
        --tail number:50 how many of the last lines
        --follow switch go on as lines are written
        --since text only from then on, such as 10m, 2h or 2026-01-31T12:00:00Z'
    [credentials]='
        --format text|json|env how to print them
        --show-secrets switch do not mask the token'
)
# What a command was given, by flag; set by thing::read_flags.
declare -A THING_FLAGS=()

thing::install() {
    thing::read_flags manage::install "$@" || return
    (umask 077 && mkdir -p -- "$THING_DIR") || return 1
    thing::lock || return
    if thing::is_installed; then
        thing::skip "already installed"
        return
    fi
    if ! mkdir -p -- "$THING_DIR/data" || ! thing::make_token; then
        return 1
    fi
    if [[ -z "${THING_FLAGS[--skip-validation]}" ]] && ! { thing::begin 10 && thing::end TERM 10; }; then
        thing::clear
        return 1
    fi
}

thing::uninstall() {
    thing::read_flags manage::uninstall "$@" || return
    ! thing::is_installed || thing::agreed "uninstall thing from $THING_DIR?" || return
    thing::lock || return
    if ! thing::is_installed; then
        thing::skip "not installed"
        return
    fi
    if thing::is_running; then
        thing::end TERM 10 || thing::end KILL 10 || return
    fi
    if [[ -z "${THING_FLAGS[--keep-data]}" ]]; then
        rm -rf -- "$THING_DIR/data" || return 1
    fi
    thing::clear
}

thing::start() {
    thing::read_flags manage::start "$@" || return
    thing::lock || return
    if thing::is_running; then
        thing::skip "already running"
        return
    fi
    thing::begin "${THING_FLAGS[--timeout]}"
}

thing::stop() {
    thing::read_flags manage::stop "$@" || return
    thing::lock || return
    if ! thing::is_running; then
        thing::skip "not running"
        return
    fi
    thing::end "$(thing::signal)" "${THING_FLAGS[--timeout]}"
}

thing::restart() {
    thing::read_flags manage::restart "$@" || return
    thing::lock || return
    if thing::is_running; then
        thing::end "$(thing::signal)" 30 || return
    fi
    thing::begin 60
}

# The service: answers whoever knows the token, until it is told to end.
thing::serve() {
    local token given answer
    trap '' HUP
    trap 'thing::log "stopped"; exit 0' TERM
    cd / || exit 1
    read -r token <"$THING_DIR/token" || exit 1
    # Opened for both directions: it never waits for the other end, and never sees the last one go.
    exec 3<>"$THING_RUN/questions" || exit 1
    thing::log "started"
    while read -r given answer <&3; do
        if [[ "$given" == "$token" && -p "$answer" ]]; then
            printf 'well\n' 1<>"$answer"
        fi
    done
}

# Starts the service and waits for its first answer. What does not answer does not stay.
thing::begin() {
    local seconds="$1" deadline=$((SECONDS + $1))
    if ! thing::is_installed; then
        thing::refuse "not installed: resource-thing manage install"
        return
    fi
    thing::launch || return 1
    until thing::is_healthy; do
        if ! thing::is_running; then
            thing::refuse "the service ended while it started: resource-thing logs"
            return
        elif ((SECONDS >= deadline)); then
            thing::end KILL 10
            thing::refuse "the service did not answer within $seconds s: resource-thing logs"
            return
        fi
        sleep 0.02
    done
}

thing::launch() {
    if ! { mkdir -p -- "$THING_RUN" && rm -f -- "$THING_RUN"/* && mkfifo -m 600 -- "$THING_RUN/questions"; }; then
        return 1
    fi
    # In a process group of its own and with none of the caller's streams, so that Ctrl-C does not reach the service, and no pipe
    # of a caller stays open behind it.
    (
        set -m
        thing::serve </dev/null >/dev/null 2>&1 9<&- &
        printf '%s %s\n' "$!" "$(thing::birth "$!")" >"$THING_RUN/pid"
    )
}

# SIGNAL SECONDS
thing::end() {
    local deadline=$((SECONDS + $2))
    kill -s "$1" "$THING_PID" 2>/dev/null || true
    # Some versions of bash hear of a signal only once they have read a line.
    printf '\n' 1<>"$THING_RUN/questions"
    while thing::is_running; do
        if ((SECONDS >= deadline)); then
            thing::refuse "the service did not end within $2 s: --force ends it at once"
            return
        fi
        sleep 0.02
    done
    [[ "$1" != KILL ]] || thing::log "killed"
    rm -rf -- "$THING_RUN"
}

thing::signal() { if [[ -n "${THING_FLAGS[--force]}" ]]; then echo KILL; else echo TERM; fi; }

# The token is the last to come and the last to go, so that what was interrupted can be repeated.
thing::is_installed() { [[ -f "$THING_DIR/token" ]]; }

thing::make_token() {
    local token
    token="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" || return 1
    (umask 077 && printf '%s\n' "$token" >"$THING_DIR/token.new") && mv -f -- "$THING_DIR/token.new" "$THING_DIR/token"
}

# Takes away everything but data. A folder that is not empty holds some, or files of others.
thing::clear() {
    rm -rf -- "$THING_RUN" "$THING_DIR/log" && rm -f -- "$THING_DIR/token" || return 1
    rmdir -- "$THING_DIR/data" "$THING_DIR" 2>/dev/null || true
}

# Whether the service's process is there: sets THING_PID.
thing::is_running() {
    local birth now
    { read -r THING_PID birth <"$THING_RUN/pid"; } 2>/dev/null || return 1
    now="$(thing::birth "$THING_PID")" && [[ "$now" == "$birth" ]]
}

# When a process began, in ticks of the kernel: the number of one that is gone is given to others.
thing::birth() {
    local stat fields
    kill -0 "$1" 2>/dev/null || return 1
    # Where there is no /proc, the number has to do.
    { stat="$(<"/proc/$1/stat")"; } 2>/dev/null || return 0
    read -r -a fields <<<"${stat##*) }"
    # A zombie has ended, and only waits to be asked how.
    [[ "${fields[0]}" != Z ]] && printf '%s\n' "${fields[19]}"
}

# Whether the service answers, which alone proves that it is well.
thing::is_healthy() {
    local answer="$THING_RUN/answer.$$" token said=""
    thing::is_running || return 1
    if ! { read -r token <"$THING_DIR/token" && rm -f -- "$answer" && mkfifo -m 600 -- "$answer"; } 2>/dev/null; then
        return 1
    fi
    exec 7<>"$THING_RUN/questions" 8<>"$answer"
    printf '%s %s\n' "$token" "$answer" >&7
    # A question without an answer is taken back, so that those to a service that hangs do not pile up.
    read -r -t "$THING_ANSWER_SECONDS" said <&8 || read -r -t 0.1 _ <&7 || true
    exec 7<&- 8<&-
    rm -f -- "$answer"
    [[ "$said" == well ]]
}

thing::log() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >>"$THING_DIR/log"; }

# Lets one command at a time change what there is. The lock is on the folder, so that there is no file to leave behind, and ends
# with the command, however that ends. It is not had where there is no flock, nor where nothing is installed.
thing::lock() {
    if [[ ! -d "$THING_DIR" ]] || ! command -v flock >/dev/null; then
        return 0
    fi
    exec 9<"$THING_DIR" || return 1
    flock -w 30 9 || thing::refuse "another command has been at work for 30 s"
}

# Asks a person, where there is one.
thing::agreed() {
    local answer=""
    if [[ -n "${THING_FLAGS[--force]}" || ! -t 0 || ! -t 2 ]]; then
        return 0
    fi
    read -r -p "$1 [y/N] " answer || true
    [[ "$answer" == [yY]* ]] || thing::refuse "not done"
}

# COMMAND ARGUMENT...; what a command does not take is refused, and never passed over.
thing::read_flags() {
    local command="$1" flag value
    local -A values=()
    shift
    THING_FLAGS=()
    while read -r flag value _; do
        [[ -n "$flag" ]] || continue
        values[$flag]="$value"
        case "$value" in
            number:*) THING_FLAGS[$flag]="${value#*:}" ;;
            *'|'*) THING_FLAGS[$flag]="${value%%|*}" ;;
            *) THING_FLAGS[$flag]="" ;;
        esac
    done <<<"${CLI_COMMAND_ARGUMENTS[$command]:-}"
    while [[ $# -gt 0 ]]; do
        flag="${1%%=*}"
        if [[ "$flag" != --?* || -z "${values[$flag]:-}" ]]; then
            thing::refuse "${command/::/ } does not take $1"
            return
        elif [[ "${values[$flag]}" == switch && "$1" == "$flag" ]]; then
            value=yes
        elif [[ "${values[$flag]}" == switch ]]; then
            thing::refuse "$flag takes no value"
            return
        elif [[ "$1" == *=* ]]; then
            value="${1#*=}"
        else
            value="${2:-}"
            [[ $# -eq 1 ]] || shift
        fi
        shift
        if ! thing::fits "${values[$flag]}" "$value"; then
            thing::refuse "$flag wants a value: ${values[$flag]%:*}, not '$value'"
            return
        fi
        THING_FLAGS[$flag]="$value"
    done
    for flag in "${!values[@]}"; do
        if [[ "${values[$flag]}" == required && -z "${THING_FLAGS[$flag]}" ]]; then
            thing::refuse "${command/::/ } wants $flag"
            return
        fi
    done
}

# Whether a value is one that a flag allows. What looks like a flag is one: its own value has been forgotten.
thing::fits() {
    case "$1" in
        switch) true ;;
        number:*) [[ "$2" =~ ^(0|[1-9][0-9]{0,5})$ ]] ;;
        *'|'*) [[ "$2" != *'|'* && "|$1|" == *"|$2|"* ]] ;;
        *) [[ -n "$2" && "$2" != --* ]] ;;
    esac
}

# One line on stderr, whatever is in it.
thing::refuse() {
    printf 'error: %s\n' "${1//[[:cntrl:]]/ }" >&2
    return 1
}

thing::skip() {
    printf '%s\n' "${1//[[:cntrl:]]/ }" >&2
    return 2
}
