#!/usr/bin/env bash
# Does all of it work together, in containers? At most 400 seconds, not counting the build.
set -euo pipefail

# shellcheck source=test/phases/phase.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/phase.sh"
phase::on_docker
# What is done by SQL alone, or about the files of a backup, is the same on any engine; upgrades in containers are below `docker::`.
alike=(
    native:: psql:: content::upgrade content::scripts content::interrupted content::get content::execute content::add content::list
    content::migrate::applying content::migrate::bad content::migrate::crowd content::migrate::drift content::migrate::files content::migrate::killed
    content::migrate::statements content::migrate::upstream
    content::names content::create_database content::create_user content::remove_database content::remove_user content::backups::damaged
    content::backups::faults content::backups::scheduled content::backups::timers content::backups::unreached
    content::backups::upstreams content::backups::writing content::backups::killed::a_backup content::backups::killed::a_restore
    content::backups::killed::the_instance content::backups::restored::a_restore content::backups::restored::what
    content::backups::taken::what content::backups::taken::nobody
)
for test in "${alike[@]}"; do
    skipped+=(--skip "$test")
done
phase::run docker 400 --test integration -- "${skipped[@]}"
