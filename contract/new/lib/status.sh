#!/usr/bin/env bash
# What the resource tells of itself: status, logs, credentials. Sourced after core.sh, not run.

thing::status() {
    thing::read_flags status "$@" || return
    local code=2 installed=false running=false healthy=false pid="" files=()
    ! thing::is_installed || installed=true
    if thing::is_running; then
        code=1 running=true pid="$THING_PID"
        if thing::is_healthy; then
            code=0 healthy=true
        fi
    fi
    local facts=(name thing installed "$installed" running "$running" healthy "$healthy" endpoint "fifo:$THING_RUN/questions")
    if [[ -n "${THING_FLAGS[--verbose]}" ]]; then
        files=("$THING_DIR"/data/*/*)
        [[ -e "${files[0]}" ]] || files=()
        facts+=(pid "${pid:-0}" folder "$THING_DIR" files "${#files[@]}")
    fi
    thing::print "${THING_FLAGS[--format]}" "${facts[@]}"
    return "$code"
}

thing::logs() {
    thing::read_flags logs "$@" || return
    local log="$THING_DIR/log" since="" lines
    if [[ ! -s "$log" ]]; then
        thing::skip "there are no logs"
        return
    fi
    if [[ -n "${THING_FLAGS[--since]}" ]]; then
        since="$(thing::moment "${THING_FLAGS[--since]}")" || return 1
    fi
    lines="$(awk 'END { print NR }' "$log")" || return 1
    # Lines begin with their time, and times in this form are ordered as texts are.
    awk -v last="$lines" -v since="$since" 'NR <= last && $1 >= since' "$log" | tail -n "${THING_FLAGS[--tail]}" || return 1
    [[ -z "${THING_FLAGS[--follow]}" ]] || exec tail -n "+$((lines + 1))" -f -- "$log"
}

# The time that a person means, as the log has it.
thing::moment() {
    local words="$1"
    if [[ "$words" =~ ^([0-9]+)([smhd])$ ]]; then
        case "${BASH_REMATCH[2]}" in
            s) words="seconds ago" ;;
            m) words="minutes ago" ;;
            h) words="hours ago" ;;
            d) words="days ago" ;;
        esac
        words="${BASH_REMATCH[1]} $words"
    fi
    date -u -d "$words" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || thing::refuse "--since wants a time such as 10m, not '$1'"
}

thing::credentials() {
    thing::read_flags credentials "$@" || return
    local token="********"
    if ! thing::is_installed; then
        thing::skip "there are no credentials: not installed"
        return
    fi
    if [[ -n "${THING_FLAGS[--show-secrets]}" ]]; then
        read -r token <"$THING_DIR/token" || return 1
    fi
    thing::print "${THING_FLAGS[--format]}" endpoint "fifo:$THING_RUN/questions" token "$token"
}

# FORMAT NAME VALUE NAME VALUE...
thing::print() {
    local format="$1" name value object="" quote="'\\''"
    shift
    while [[ $# -gt 0 ]]; do
        name="$1" value="$2"
        shift 2
        case "$format" in
            text) printf '%-10s %s\n' "$name:" "$value" ;;
            # What is JSON is YAML too.
            yaml) printf '%s: %s\n' "$name" "$(thing::json "$value")" ;;
            json) object+=",\"$name\":$(thing::json "$value")" ;;
            env) printf "export THING_%s='%s'\n" "${name^^}" "${value//\'/$quote}" ;;
        esac
    done
    [[ "$format" != json ]] || printf '{%s}\n' "${object#,}"
}

# A value as JSON: truth and numbers as they are, all else in quotes.
thing::json() {
    local text="$1"
    if [[ "$text" =~ ^(true|false|0|[1-9][0-9]{0,8})$ ]]; then
        printf '%s' "$text"
        return
    fi
    text="${text//\\/\\\\}"
    text="${text//\"/\\\"}"
    printf '"%s"' "${text//[[:cntrl:]]/?}"
}
