//! The `opndex` program: everything it does is in the library beside it.

use std::process::ExitCode;

/// Reading, parsing and freeing a state on several threads costs a third less than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(opndex::cli::run(std::env::args_os()))
}
