//! The `opndex` program: everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(opndex::cli::run(std::env::args_os()))
}
