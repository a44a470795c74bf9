#!/usr/bin/env bash
# Does all of it work together, in containers? At most 300 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::on_docker
# What is about a backup's files only is the same on any engine; upgrades in containers are among what is below `docker::`.
phase::run docker 300 --test integration -- --skip native:: --skip content::backups::damaged --skip content::backups::faults \
    --skip content::backups::scheduled --skip content::backups::timers --skip content::backups::unreached --skip content::backups::upstreams \
    --skip content::backups::writing --skip content::upgrade
