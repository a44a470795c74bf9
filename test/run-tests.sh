#!/usr/bin/env bash
# Runs the phases asked for, one after the other, and sums up. A phase that fails does not keep the next from running.
set -euo pipefail

phases="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phases"

usage() {
    cat <<'END'
Usage: run-tests.sh [PHASE]...

Phases (each may also be written as a flag, such as --smoke):
  all          every phase below, in this order (default)
  unit         is each part right?
  smoke        does a newly made resource work at all?
  integration  does all of it work together, on server processes?
  psql         are scripts run as psql runs them, and wrong lives found?
  docker       does all of it work together, in containers?

Exit codes: 0 passed, 1 failed, 2 nothing could be run.
POSTGRES_TEST_LIMIT_FACTOR=N gives every phase N times its time, for slow machines.
END
}

wanted=" "
for argument in "${@:-all}"; do
    case "${argument#--}" in
        all) wanted+="unit smoke integration psql docker " ;;
        unit | smoke | integration | psql | docker) wanted+="${argument#--} " ;;
        help | -h) usage && exit ;;
        *)
            printf "unknown phase '%s'\nhint: %s --help lists the phases\n" "$argument" "$0" >&2
            exit 1
            ;;
    esac
done

summary="" exit_code=2
for phase in unit smoke integration psql docker; do
    [[ "$wanted" == *" $phase "* ]] || continue
    printf '== %s\n' "$phase"
    code=0 script="$phases/test-$phase.sh"
    # The contract's script of that name asks the resource that is installed.
    [[ "$phase" != smoke ]] || script="$phases/compiled-smoke.sh"
    "$script" || code=$?
    case "$code" in
        0) outcome=passed ;;
        2) outcome=skipped ;;
        *) outcome=failed ;;
    esac
    # One failure decides the whole run; short of that, one phase that passed does.
    [[ "$outcome" != failed ]] || exit_code=1
    [[ "$outcome" != passed || "$exit_code" -eq 1 ]] || exit_code=0
    summary+="$(printf '%-12s %s' "$phase" "$outcome")"$'\n'
done

printf '== summary\n%s' "$summary"
exit "$exit_code"
