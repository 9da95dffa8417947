//! Writes the code of the targets: too much of it to be written by hand.

#[path = "targets.rs"]
mod targets;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=targets.rs");
    targets::write(&targets::targets());
}
