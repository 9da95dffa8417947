//! Makes calls in every way, for callgrind to count.
//!
//! ```text
//! static-call-benches-ways <ours|others> <calls> <calls>
//! ```
//!
//! Prints the name of each way, and then makes so many calls, and so many, each time in one call of [`counted`].
//! The first way is an empty loop.

use std::env;
use std::hint::black_box;
use std::iter;

use anyhow::{Context as _, bail};

use crate::way::Way;

mod implementations;
// Elsewhere they do not compile.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod keys;
mod others;
mod ours;
mod way;

/// What the counts are taken of; callgrind knows it by its name.
#[inline(never)]
fn counted(way: &Way, calls: u32) {
    black_box(way.dependent(black_box(calls)));
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [which, counts @ ..] = &arguments[..] else {
        bail!("which ways?");
    };
    let ways = match &**which {
        "ours" => ours::ways()?,
        "others" => others::ways()?,
        _ => bail!("there are no ways called {which}"),
    };
    let counts: Vec<u32> = counts
        .iter()
        .map(|count| count.parse().context("not a number of calls"))
        .collect::<Result<_, _>>()?;
    for way in iter::once(&Way::empty()).chain(&ways) {
        println!("{}", way.name);
        // What happens once, happens now.
        let _ = way.dependent(1);
        for calls in &counts {
            counted(way, *calls);
        }
    }
    Ok(())
}
