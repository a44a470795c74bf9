#!/usr/bin/env bash
# The files that the resource keeps, as data/TYPE/NAME. Sourced after core.sh, not run.

thing::content::add() {
    thing::read_flags content::add "$@" || return
    local file="${THING_FLAGS[--file]}" name="${THING_FLAGS[--name]}" type="${THING_FLAGS[--type]}"
    name="${name:-${file##*/}}"
    [[ -n "$type" || "$file" != *.sh ]] || type=script
    type="${type:-data}"
    if [[ ! -f "$file" || ! -r "$file" ]]; then
        thing::refuse "there is no file $file that can be read"
        return
    fi
    thing::content::is_name "$name" && thing::content::is_name "$type" || return
    thing::lock || return
    if ! thing::is_installed; then
        thing::refuse "not installed: resource-thing manage install"
        return
    elif thing::content::find "$name"; then
        thing::skip "already exists: $name"
        return
    fi
    # Renamed once it is whole: a name that can be found has all of its bytes.
    mkdir -p -- "$THING_DIR/data/$type" && cat -- "$file" >"$THING_DIR/data/.new" &&
        mv -f -- "$THING_DIR/data/.new" "$THING_DIR/data/$type/$name" || return 1
}

thing::content::list() {
    thing::read_flags content::list "$@" || return
    local filter="${THING_FLAGS[--filter]:-*}" format="${THING_FLAGS[--format]}" file name type array=""
    [[ "$format" != text ]] || printf '%-10s %s\n' TYPE NAME
    for file in "$THING_DIR"/data/*/*; do
        name="${file##*/}" type="${file%/*}"
        type="${type##*/}"
        # shellcheck disable=SC2053 # the filter is a pattern
        [[ -f "$file" && "$name" == $filter ]] || continue
        # Names hold no character that JSON or YAML would want to have escaped.
        case "$format" in
            text) printf '%-10s %s\n' "$type" "$name" ;;
            json) array+=",{\"name\":\"$name\",\"type\":\"$type\"}" ;;
            yaml) array+="- name: \"$name\""$'\n'"  type: \"$type\""$'\n' ;;
        esac
    done
    case "$format" in
        json) printf '[%s]\n' "${array#,}" ;;
        yaml) printf '%s' "${array:-[]$'\n'}" ;;
    esac
}

thing::content::get() {
    thing::read_flags content::get "$@" || return
    local output="${THING_FLAGS[--output]}"
    thing::content::seek "${THING_FLAGS[--name]}" || return
    if [[ -z "$output" ]]; then
        cat -- "$THING_FILE" || return 1
    else
        cat -- "$THING_FILE" >"$output" || return 1
    fi
}

thing::content::remove() {
    thing::read_flags content::remove "$@" || return
    thing::content::seek "${THING_FLAGS[--name]}" || return
    thing::agreed "remove ${THING_FLAGS[--name]}?" || return
    thing::lock || return
    thing::content::seek "${THING_FLAGS[--name]}" || return
    rm -f -- "$THING_FILE" || return 1
    rmdir -- "${THING_FILE%/*}" 2>/dev/null || true
}

thing::content::execute() {
    thing::read_flags content::execute "$@" || return
    local options=() code=0
    thing::content::is_name "${THING_FLAGS[--name]}" || return
    if ! thing::content::find "${THING_FLAGS[--name]}"; then
        thing::refuse "not found: ${THING_FLAGS[--name]}"
        return
    elif [[ "$THING_FILE" != */script/* ]]; then
        thing::skip "not executable: ${THING_FLAGS[--name]} is no script"
        return
    fi
    read -r -a options <<<"${THING_FLAGS[--options]}"
    # Before bash 4.4 an empty list counts as one that is not set.
    bash -- "$THING_FILE" ${options[@]+"${options[@]}"} || code=$?
    [[ "$code" -eq 0 ]] || thing::refuse "${THING_FLAGS[--name]} ended with $code"
}

# Finds what there has to be: 1 where the name is none, 2 where there is nothing of that name.
thing::content::seek() {
    thing::content::is_name "$1" || return
    thing::content::find "$1" || thing::skip "not found: $1"
}

# Whether there is something of a name: sets THING_FILE.
thing::content::find() {
    for THING_FILE in "$THING_DIR"/data/*/"$1"; do
        [[ ! -f "$THING_FILE" ]] || return 0
    done
    return 1
}

# A name is one of a file, and leads nowhere else.
thing::content::is_name() {
    [[ "$1" =~ ^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$ ]] ||
        thing::refuse "'$1' is no name: letters, digits and . _ - are, and no more than 100 of them"
}
