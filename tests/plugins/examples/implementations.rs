//! A plugin that implements traits of the program's, and has none of its own.
#![allow(unsafe_code)]

use shared::{Plugin, Shape, Shared};
use static_call::Static;

struct Plain;

impl Shared for Plain {
    fn number(&self, x: u64) -> u64 {
        x + 1
    }

    fn text(&self, x: u64) -> String {
        format!("{x} + 1")
    }
}

struct Keyed(u64);

static KEYED: Keyed = Keyed(7);

impl Shared for Keyed {
    fn number(&self, x: u64) -> u64 {
        x + self.0
    }

    fn text(&self, x: u64) -> String {
        format!("{x} + {}", self.0)
    }
}

struct Circle(u64);

impl Shape for Circle {
    fn area(&self) -> u64 {
        3 * self.0 * self.0
    }
}

const SHARED: Static<dyn Shared> = Static::new();

/// What is in here.
// SAFETY: nothing else has this name.
#[unsafe(no_mangle)]
pub fn plugin() -> Plugin {
    Plugin {
        plain: &Plain,
        keyed: &KEYED,
        call: |x| (SHARED.number(x), SHARED.text(x)),
        shape: |radius| Box::new(Circle(radius)),
    }
}
