//! The binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    resource_postgres::cli::main()
}
