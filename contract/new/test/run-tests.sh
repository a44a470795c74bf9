#!/usr/bin/env bash
# Runs the suites asked for, one after the other: --smoke, --integration, --unit or --all, with dashes or without.
set -euo pipefail

phases="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phases"
wanted=""
for argument in "${@:-all}"; do
    case "${argument#--}" in
        all) wanted+=" unit smoke integration" ;;
        smoke | integration | unit) wanted+=" ${argument#--}" ;;
        *)
            printf 'error: there is no suite %s\n' "$argument" >&2
            exit 1
            ;;
    esac
done

failed=0
for suite in $wanted; do
    if "$phases/test-$suite.sh"; then
        printf '%-12s passed\n' "$suite"
    else
        printf '%-12s failed\n' "$suite"
        failed=1
    fi
done
exit "$failed"
