//! Links the program at a fixed address: its 40,000 relocations are a twentieth of its zip (infra/decisions/0013).

fn main() {
    println!("cargo:rustc-link-arg-bins=-no-pie");
}
