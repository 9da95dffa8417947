//! The ways of the crates for static keys, which choose between two branches.
#![allow(unsafe_code)]

use anyhow::ensure;
use static_key::{static_if, static_key};
use static_keys::{define_static_key_false, static_branch_unlikely};

use crate::implementations::{SEED, scramble};
use crate::others::direct;
use crate::way::{Way, way};

define_static_key_false!(OFF_KEY);
define_static_key_false!(ON_KEY);
static_key!(OFF: bool = false);
static_key!(ON: bool = false);

/// Sets the keys, and tells what can be called then.
pub(crate) fn ways() -> anyhow::Result<Vec<Way>> {
    // First, because it needs its code writable, as which the other crate does not leave it.
    ON.set(true);
    static_keys::global_init();
    // SAFETY: there is no other thread yet.
    unsafe { ON_KEY.enable() };
    ensure!(!OFF.get() && ON.get());
    ensure!(!OFF_KEY.is_enabled() && ON_KEY.is_enabled());
    Ok(vec![
        way!("`static_keys`, off", |x| {
            if static_branch_unlikely!(OFF_KEY) {
                direct(x)
            } else {
                scramble(SEED, x)
            }
        }),
        way!("`static_keys`, on", |x| {
            if static_branch_unlikely!(ON_KEY) {
                scramble(SEED, x)
            } else {
                direct(x)
            }
        }),
        way!("`static_key`, off", |x| {
            if static_if!(OFF) {
                direct(x)
            } else {
                scramble(SEED, x)
            }
        }),
        way!("`static_key`, on", |x| {
            if static_if!(ON) {
                scramble(SEED, x)
            } else {
                direct(x)
            }
        }),
    ])
}
