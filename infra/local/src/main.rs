//! Lights on.

fn main() -> std::process::ExitCode {
    local::main(std::env::args())
}
