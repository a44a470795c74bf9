//! A resource directory that keeps every clause that can be read, for tests to break.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use resource_postgres::contract::finding::Judgment;
use resource_postgres::contract::layers::syntax;
use resource_postgres::contract::load::Loaded;
use resource_postgres::contract::report::{Format, Report};
use resource_postgres::contract::subject::Subject;
use resource_postgres::paint::Paint;
use tempfile::TempDir;

/// Its door, by the shell framework.
pub const CLI: &str = r#"#!/usr/bin/env bash
set -euo pipefail
# shellcheck disable=SC1091
source "${APP_ROOT:-/opt/vrooli}/scripts/resources/lib/cli-command-framework-v2.sh"
source "${var_RESOURCES_COMMON_FILE}"
source "${BASH_SOURCE[0]%/*}/lib/core.sh"
cli::init "thing" "A thing that keeps things" "v2"
CLI_COMMAND_HANDLERS["manage::install"]="thing::install"
CLI_COMMAND_HANDLERS["test::smoke"]="thing::test::smoke"
cli::register_command "status" "How it is" "thing::status"
cli::register_command "logs" "What it says" "thing::logs"
cli::register_command "credentials" "How to connect" "thing::credentials"
thing::install() { echo installed; }
thing::status() { echo running; }
thing::logs() { echo nothing; }
thing::credentials() { echo none; }
thing::run_phase() { "${BASH_SOURCE[0]%/*}/test/phases/test-$1.sh"; "${BASH_SOURCE[0]%/*}/test/phases/test-smoke.sh"; }
thing::test::smoke() { thing::run_phase smoke; }
cli::dispatch "$@"
"#;

const RUNTIME: &str = r#"{
  "startup_order": 500,
  "startup_timeout": 60,
  "startup_time_estimate": "5-15s",
  "dependencies": [],
  "recovery_attempts": 3,
  "priority": "medium"
}
"#;

/// A clean resource in a folder of its own.
pub fn clean() -> TempDir {
    let dir = TempDir::new().unwrap();
    fill(dir.path());
    dir
}

/// Writes a clean resource into a folder.
pub fn fill(dir: &Path) {
    let script = "#!/usr/bin/env bash\n: # nothing\n";
    for (path, text, mode) in [
        ("cli.sh", CLI, 0o755),
        ("lib/core.sh", script, 0o644),
        ("lib/test.sh", script, 0o644),
        ("config/defaults.sh", "#!/usr/bin/env bash\nTHING_PASSWORD=\"${THING_PASSWORD:-}\"\n", 0o644),
        ("config/schema.json", "{\"type\": \"object\"}\n", 0o644),
        ("config/runtime.json", RUNTIME, 0o644),
        ("test/run-tests.sh", script, 0o755),
        ("test/phases/test-smoke.sh", script, 0o755),
        ("test/phases/test-integration.sh", script, 0o755),
        ("test/phases/test-unit.sh", script, 0o755),
    ] {
        write(dir, path, text, mode);
    }
}

/// Writes a file with its permissions, and the folders that it is in.
pub fn write(dir: &Path, path: &str, text: &str, mode: u32) {
    let file = dir.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
}

/// What the first layer finds.
pub fn judge(dir: &Path) -> Judgment {
    let loaded = Loaded::built_in().unwrap();
    syntax::judge(&loaded.contract, &Subject::read(dir).unwrap())
}

/// The report of judgments in a format.
pub fn told(judgments: &[Judgment], format: Format) -> String {
    let loaded = Loaded::built_in().unwrap();
    Report { loaded: &loaded, layer: 1, judgments, paint: Paint::Plain }.text(format).unwrap()
}
