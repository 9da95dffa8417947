//! What a call of a trait object costs that returns a floating-point number, as in `integers.rs`.
//!
//! A sum of these is stored and loaded around each call, as functions keep no such registers.

mod mixes;

type Number = f64;

fn main() {
    mixes::compare_all();
    println!("{}", static_call::report());
}
