//! What a call of a trait object costs that meets one type, a few, or many: through `Devirt`, as ever, by the
//! crate `devirt`, and by a closed set of types; and what it costs to learn.
//!
//! The calls return integers. A sum of these stays in its register while a function is called, so that calls cost
//! the least.

mod mixes;
mod phases;

type Number = u64;

fn main() {
    mixes::compare_all();
    println!("{}", static_call::report());
    phases::compare_changes();
}
