// What all generated traits share: it stands at the head of each generated program.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::time::Duration;

use static_call::{Current, Devirt, Dispatch, Initial, Learning, Static, static_dispatch};

fn mix(state: u64, value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish()
}

/// What can be made from a number.
trait Make {
    fn make(seed: u64) -> Self;
}

macro_rules! make {
    ($($made:ty: |$seed:ident| $value:expr;)*) => {
        $(impl Make for $made {
            fn make($seed: u64) -> Self {
                $value
            }
        })*
    };
}

make! {
    (): |_seed| ();
    bool: |seed| seed % 2 == 0;
    u8: |seed| seed as u8;
    i16: |seed| seed as i16;
    u32: |seed| seed as u32;
    i64: |seed| seed as i64;
    u64: |seed| seed;
    u128: |seed| u128::from(seed) << 64 | u128::from(!seed);
    i128: |seed| !(i128::from(seed) << 32);
    f32: |seed| seed as u16 as f32;
    f64: |seed| seed as u32 as f64 / 4.0;
    char: |seed| char::from(b'a' + (seed % 26) as u8);
    String: |seed| "x".repeat((seed % 40) as usize) + &seed.to_string();
    Vec<u16>: |seed| vec![seed as u16; (seed % 9) as usize];
    Vec<String>: |seed| vec![seed.to_string(); (seed % 3) as usize];
    Box<u32>: |seed| Box::new(seed as u32);
    Arc<str>: |seed| String::make(seed).into();
    [u8; 0]: |_seed| [];
    [u8; 3]: |seed| [seed as u8, 2, 3];
    [u64; 2]: |seed| [seed, !seed];
    [u64; 5]: |seed| [seed, 1, 2, 3, !seed];
    [f32; 4]: |seed| [seed as u8 as f32; 4];
    (u8, u64): |seed| (seed as u8, seed);
    (f64, u32): |seed| (f64::make(seed), seed as u32);
    (u64, u64, u64): |seed| (seed, 1, !seed);
    Option<u64>: |seed| (seed % 3 > 0).then_some(seed);
    Option<NonZeroU32>: |seed| NonZeroU32::new(seed as u32 % 5);
    Option<Box<u32>>: |seed| (seed % 3 > 0).then(|| Box::new(seed as u32));
    Result<u32, String>: |seed| if seed % 2 == 0 { Ok(seed as u32) } else { Err(seed.to_string()) };
    Duration: |seed| Duration::from_nanos(seed);
    Mixed: |seed| Mixed { small: seed as u8, float: f64::make(seed), large: seed };
    Large: |seed| Large { words: [seed; 9], text: String::make(seed) };
    Wide: |seed| Wide([seed; 8]);
    Empty: |_seed| Empty;
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(C)]
struct Mixed {
    small: u8,
    float: f64,
    large: u64,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Large {
    words: [u64; 9],
    text: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(align(64))]
struct Wide([u64; 8]);

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Empty;

fn digest(value: &dyn Debug) -> u64 {
    mix(0, format!("{value:?}"))
}

/// What an implementation consists of.
trait State {
    const TYPE: u64;
    fn state(&self) -> u64;
    fn text(&self) -> &str;
    fn advance(&mut self, _by: u64) {}
}

/// Without size.
#[derive(Debug, Clone, Copy)]
struct Unit;

/// Without size, but aligned.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Aligned;

/// Does nothing where a trait leaves it the choice.
#[derive(Debug, Clone, Copy)]
struct Idle;

#[derive(Debug, Clone)]
struct Held(u64);

/// One of a generic type.
#[derive(Debug, Clone)]
struct Of<T>(T, u64);

macro_rules! implementations {
    ($($implementor:ty, $number:literal: |$this:ident| $state:expr, $text:expr, $by:ident, $advance:expr;)*) => {
        $(
            impl State for $implementor {
                const TYPE: u64 = $number;
                fn state(&self) -> u64 {
                    let $this = self;
                    mix($number, $state)
                }
                fn text(&self) -> &str {
                    let $this = self;
                    $text
                }
                fn advance(&mut self, $by: u64) {
                    let $this = self;
                    $advance
                }
            }
            impl Display for $implementor {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(formatter, "{}", self.state())
                }
            }
            impl Error for $implementor {}
        )*
    };
}

implementations! {
    Unit, 1: |this| 0_u64, "unit", by, ();
    Aligned, 2: |this| black_box(std::ptr::from_ref(this)).addr() % 32, "aligned", by, ();
    Idle, 3: |this| 0_u64, "", by, ();
    Held, 4: |this| this.0, if this.0 % 2 == 0 { "even" } else { "odd" }, by, this.0 ^= by;
    Of<u8>, 5: |this| (this.0, this.1), "of a byte", by, this.1 ^= by;
    Of<String>, 6: |this| (&*this.0, this.1), &this.0, by, this.0 = by.to_string();
}

/// What came of a call: a number that stands for all that was returned and changed, or for what it panicked with.
type Outcome = Result<u64, u64>;

const UNSET: Outcome = Err(0);

fn outcome(call: impl FnOnce() -> u64) -> Outcome {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| number(&*payload).expect("such a panic is expected"))
}

/// The number for an expected panic.
fn number(payload: &dyn Any) -> Option<u64> {
    let number = payload.downcast_ref::<u64>().copied();
    let text = payload.downcast_ref::<String>();
    let is_unset = text.is_some_and(|text| text.contains("was called before an implementation was chosen"));
    number.or(is_unset.then_some(0))
}

/// Keeps panics that are expected silent, and lets calls learn fast.
fn prepare() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if number(panic.payload()).is_none() {
            print(panic);
        }
    }));
    let learning = Learning { misses: 64, sample: 32, patches_per_second: u32::MAX, ..Learning::default() };
    learning.set();
}

fn leak<T>(object: T) -> &'static mut T {
    Box::leak(Box::new(object))
}

/// Puts an implementation in force; the answer is how many of its calls and entries are patched.
fn update<D: Dispatch + ?Sized>(implementation: &'static D) -> usize {
    let change = static_call::update(implementation).expect("an update succeeds");
    assert!(change.warning().is_none(), "{change:?}");
    change.patched()
}
