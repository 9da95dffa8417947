//! A program that holds what the file says that the environment variable `SIZED` names, and does nothing.

use std::hint::black_box;

mod generated {
    include!(env!("SIZED"));
}

fn main() {
    if black_box(false) {
        generated::keep();
    }
}
