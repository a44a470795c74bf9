#!/usr/bin/env bash
# Work with the databases of an instance, as functions for shell callers. Sourced, not run.
# They end with the program's code, but that removing what is not there, and applying what is applied already, are success.

_POSTGRES_CLI="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/cli.sh"

# Runs the program; its code 2, "there was nothing to do", is success.
postgres::database::_settle() {
    local code=0
    "$_POSTGRES_CLI" "$@" || code=$?
    [[ "$code" -eq 2 ]] || return "$code"
}

# postgres::database::execute INSTANCE SQL [DATABASE]
# The `--` keeps SQL that opens with a comment from being taken for a flag.
postgres::database::execute() {
    "$_POSTGRES_CLI" content execute --instance "$1" ${3:+--database "$3"} -- "$2"
}

# postgres::database::execute_file INSTANCE FILE [DATABASE]
postgres::database::execute_file() {
    "$_POSTGRES_CLI" content execute --instance "$1" --file "$2" ${3:+--database "$3"}
}

# postgres::database::create INSTANCE DATABASE [OWNER]
postgres::database::create() {
    "$_POSTGRES_CLI" content create-database --instance "$1" --name="$2" ${3:+--owner="$3"}
}

# postgres::database::drop INSTANCE DATABASE [yes]
# Without `yes` the person at the terminal is asked; where there is none, nothing is dropped.
postgres::database::drop() {
    local force=()
    [[ "${3:-no}" != yes ]] || force=(--force)
    postgres::database::_settle content remove-database --instance "$1" --name="$2" ${force[@]+"${force[@]}"}
}

# postgres::database::create_user INSTANCE USER [PASSWORD [DATABASE]]
# A function's arguments are nobody else's to see; the program gets the password by its standard input.
postgres::database::create_user() {
    if [[ -n "${3:-}" ]]; then
        printf '%s\n' "$3" | "$_POSTGRES_CLI" content create-user --instance "$1" --name="$2" \
            --password-file - ${4:+--database="$4"}
    else
        "$_POSTGRES_CLI" content create-user --instance "$1" --name="$2" ${4:+--database="$4"}
    fi
}

# postgres::database::drop_user INSTANCE USER [yes]
# With `yes` what the user owns goes to the instance's user first; without it such a user stays.
postgres::database::drop_user() {
    local force=()
    [[ "${3:-no}" != yes ]] || force=(--force)
    postgres::database::_settle content remove-user --instance "$1" --name="$2" ${force[@]+"${force[@]}"}
}

# postgres::database::migrate INSTANCE FILE|DIR [DATABASE]
# Applies a folder's migrations that are not applied yet, or a file as often as it changes.
postgres::database::migrate() {
    if [[ -d "$2" ]]; then
        "$_POSTGRES_CLI" content migrate --instance "$1" --dir "$2" ${3:+--database="$3"}
    else
        postgres::database::_apply schema "$@"
    fi
}

# postgres::database::seed INSTANCE FILE|DIR [DATABASE]
postgres::database::seed() { postgres::database::_apply seed "$@"; }

postgres::database::_apply() {
    postgres::database::_settle content add --type "$1" --instance "$2" --file "$3" ${4:+--database "$4"}
}

# postgres::database::list INSTANCE
postgres::database::list() {
    "$_POSTGRES_CLI" query --instance "${1:-main}" --format csv --database postgres \
        'SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1'
}

# postgres::database::dump_schema INSTANCE FILE [DATABASE]: definitions only; the default is the database called as the setting says.
postgres::database::dump_schema() {
    "$_POSTGRES_CLI" content get --schema --instance "$1" --output "$2" --name="${3:-${POSTGRES_DEFAULT_DB:-vrooli}}"
}

# postgres::database::dump_data INSTANCE FILE [DATABASE]: definitions and rows.
postgres::database::dump_data() {
    "$_POSTGRES_CLI" content get --data --instance "$1" --output "$2" --name="${3:-${POSTGRES_DEFAULT_DB:-vrooli}}"
}
