#!/usr/bin/env bash
# Where a source checkout finds its Rust toolchain, and where it may build. Sourced by cli.sh and by test/phases/phase.sh.

# toolchain::find DIR: puts cargo on PATH if it is not there. 1 if DIR is no source checkout or there is no cargo.
toolchain::find() {
    [[ -f "$1/Cargo.toml" ]] || return 1
    command -v cargo >/dev/null && return
    # rustup puts cargo here and on the PATH of later log-ins, which this shell may not be.
    [[ -x "${CARGO_HOME:-${HOME:-}/.cargo}/bin/cargo" ]] || return 1
    PATH="${CARGO_HOME:-${HOME:-}/.cargo}/bin:$PATH"
}

# toolchain::choose_target DIR: sets CARGO_TARGET_DIR to an absolute path that this user can write to.
toolchain::choose_target() {
    local target="${CARGO_TARGET_DIR:-$1/target}" cache="${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}" place
    [[ "$target" == /* ]] || target="$PWD/$target"
    for place in "$target/release" "$target/debug"; do
        while [[ ! -e "${place:=/}" ]]; do place="${place%/*}"; done
        # Another user's checkout can be run as well, by building in one's own cache, apart from other checkouts.
        [[ -w "$place" || -z "$cache" ]] || target="$cache/resource-postgres/target$1"
    done
    export CARGO_TARGET_DIR="$target"
}
