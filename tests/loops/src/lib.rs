//! Loops over snapshots, and over what they are compared with. For the tests this crate is compiled at
//! opt-level 3 in every profile, because it is only there that the compiler moves the choice of the
//! implementation out of a loop.

use static_call::{Current, Static, static_dispatch};

/// A function on numbers. Each implementation has an operator of its own, by which its loop is recognised.
#[static_dispatch(default = Flipped, inline(Masked, Joined))]
pub trait Mixer: Sync {
    /// Mixes one number.
    fn mix(&self, x: u32) -> u32;
}

/// Listed, zero-sized: exclusive or.
pub struct Flipped;

/// Listed, stateful: and.
pub struct Masked(pub u32);

/// Listed, stateful: or.
pub struct Joined(pub u32);

/// Not listed.
pub struct Multiplied(pub u32);

impl Mixer for Flipped {
    #[inline]
    fn mix(&self, x: u32) -> u32 {
        x ^ 0x5bd1_e995
    }
}

impl Mixer for Masked {
    #[inline]
    fn mix(&self, x: u32) -> u32 {
        x & self.0
    }
}

impl Mixer for Joined {
    #[inline]
    fn mix(&self, x: u32) -> u32 {
        x | self.0
    }
}

impl Mixer for Multiplied {
    #[inline]
    fn mix(&self, x: u32) -> u32 {
        x.wrapping_mul(self.0)
    }
}

/// The handle.
pub const MIXER: Static<dyn Mixer> = Static::new();

/// Sums what the mixer makes of numbers.
#[inline]
pub fn sum(mixer: &impl Mixer, numbers: &[u32]) -> u32 {
    let mixed = numbers.iter().map(|number| mixer.mix(*number));
    mixed.fold(0, u32::wrapping_add)
}

/// The loop over a snapshot, by a generic function.
#[inline(never)]
#[must_use]
pub fn sum_of_snapshot(numbers: &[u32]) -> u32 {
    sum(&MIXER.current(), numbers)
}

/// The same loop over an implementation whose type is known.
macro_rules! known {
    ($($name:ident $implementation:ident)*) => {
        $(
            #[doc = concat!("The same loop over [`", stringify!($implementation), "`].")]
            #[inline(never)]
            #[must_use]
            pub fn $name(mixer: &$implementation, numbers: &[u32]) -> u32 {
                sum(mixer, numbers)
            }
        )*
    };
}

known! {
    sum_of_flipped Flipped
    sum_of_masked Masked
    sum_of_joined Joined
}

/// The same loop over a trait object.
#[inline(never)]
#[must_use]
pub fn sum_of_dyn(mixer: &dyn Mixer, numbers: &[u32]) -> u32 {
    let mut sum = 0_u32;
    for number in numbers {
        sum = sum.wrapping_add(mixer.mix(*number));
    }
    sum
}

/// The loop over a snapshot that was taken elsewhere.
#[inline(never)]
#[must_use]
pub fn sum_of_argument(mixer: Current<dyn Mixer>, numbers: &[u32]) -> u32 {
    let mut sum = 0_u32;
    for number in numbers {
        sum = sum.wrapping_add(mixer.mix(*number));
    }
    sum
}
