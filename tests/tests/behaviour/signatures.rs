//! Every kind of argument and return value, through a static call and directly: the results are
//! equal, whatever the calling convention makes of them.
#![allow(unsafe_code)]
#![allow(
    clippy::needless_arbitrary_self_type,
    clippy::too_many_arguments,
    reason = "these are signatures to be tested"
)]

use std::any::Any;
#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::float32x4_t as Vector;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m128 as Vector;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{Debug, Display};
use std::io;
use std::mem::transmute;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use proptest::arbitrary::any;
use proptest::prop_assert_eq;
use proptest::test_runner::{Config, TestRunner};
use static_call::{Current, MethodState, Static};
use static_call_tests::PATCHES;
use static_call_tests::patched::{PATCHES_ENTRIES, reported};

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[derive(Clone, Copy)]
struct Vector([f32; 4]);

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
struct Mixed {
    small: u8,
    float: f64,
    large: u64,
}

#[derive(Debug, Clone, PartialEq)]
#[repr(align(64))]
struct Aligned([u8; 64]);

dispatch! {
    [Backend<Fixed>, Backend<Held>] ()
    trait Signatures: Sync {
        // Nothing, and sizes of zero.
        fn nothing(&self);
        fn unit(&self, x: (), y: u8, z: [u64; 0]) -> ((), u8);

        // Values in registers.
        fn truth_value(&self, x: bool) -> bool;
        fn byte(&self, x: u8) -> u8;
        fn short(&self, x: i16) -> i16;
        fn character(&self, x: char) -> char;
        fn word(self: &Self, x: i32) -> i32;
        fn long(&self, x: u64) -> u64;
        fn wide(&self, x: u128) -> u128;
        fn wide_signed(&self, x: i128, y: u8, z: i128) -> i128;
        fn single(&self, x: f32) -> f32;
        fn double(&self, x: f64) -> f64;
        fn pointer(&self, x: *const u8) -> *const u8;
        fn ordering(&self, x: u64) -> Ordering;
        fn optional(&self, x: Option<NonZeroU32>) -> Option<u8>;
        fn duration(&self, x: Duration) -> Duration;

        // Pairs, and what is passed as a pair.
        fn pair(&self, x: (u32, u32)) -> (u64, u64);
        fn pair_of_floats(&self, x: (f64, f32)) -> (f32, f64);
        fn pair_of_kinds(&self, x: (u64, f64)) -> (f64, u64);
        fn text(&self, x: &str) -> usize;
        fn part<'text>(&self, x: &'text str) -> &'text str;
        fn slice(&self, x: &[u16]) -> u64;
        fn optional_slice<'bytes>(&self, x: Option<&'bytes [u8]>) -> Option<&'bytes [u8]>;

        // Aggregates by value, from the smallest to a page, and returns by a hidden pointer.
        fn three_bytes(&self, x: [u8; 3]) -> [u8; 3];
        fn sixteen_bytes(&self, x: [u8; 16]) -> [u8; 16];
        fn four_floats(&self, x: [f32; 4]) -> [f32; 4];
        fn triple(&self, x: (u64, u64, u64)) -> (u64, u64, u64);
        fn structure(&self, x: Mixed) -> Mixed;
        fn forty_bytes(&self, x: [u64; 5]) -> [u64; 5];
        fn aligned(&self, x: Aligned) -> Aligned;
        fn page(&self, x: [u64; 512]) -> [u64; 512];
        fn large_between_small(&self, x: u8, y: [u64; 16], z: f64) -> (u64, [u64; 3]);

        // Vectors.
        fn vector(&self, x: Vector) -> Vector;
        fn vectors(&self, x: Vector, y: u32, z: Vector) -> [Vector; 2];

        // Owned values.
        fn string(&self, x: String) -> String;
        fn bytes(&self, x: Vec<u8>) -> Vec<u8>;
        fn cow<'text>(&self, x: &'text str) -> Cow<'text, str>;
        fn boxed_any(&self, x: Option<Box<dyn Any>>) -> Option<Box<dyn Any>>;
        fn fallible(&self, x: Vec<u8>) -> Result<Vec<u8>, io::Error>;

        // References, trait objects and closures.
        fn change(&self, x: &mut u64);
        fn change_slice(&self, x: &mut [u8]);
        fn higher_ranked(&self, x: for<'byte> fn(&'byte u8) -> &'byte u8, y: u8) -> u8;
        fn own(&self) -> &dyn Debug;
        fn display(&self, x: &dyn Display) -> String;
        fn closure(&self, x: &dyn Fn(u64) -> u64) -> u64;
        fn changing_closure(&self, x: &mut dyn FnMut(u64));
        fn boxed_closure(&self, x: u64) -> Box<dyn Fn(u64) -> u64>;

        // More arguments than registers.
        fn twelve(
            &self,
            a: u8,
            b: f32,
            c: u64,
            d: f64,
            e: i16,
            f: f32,
            g: u128,
            h: bool,
            i: f64,
            j: char,
            k: i64,
            l: u32,
        ) -> u64;
        fn twelve_and_hidden_pointer(
            &self,
            a: u64,
            b: u64,
            c: u64,
            d: u64,
            e: u64,
            f: [u64; 4],
            g: &u64,
            h: u64,
            i: f64,
            j: u64,
            k: u64,
            l: u64,
        ) -> [u64; 6];
        fn eleven_floats(
            &self,
            x: [f64; 3],
            y: f64,
            z: [f64; 7],
            a: f64,
            b: f64,
            c: f64,
            d: f64,
        ) -> f64;

        // Other qualifiers and conventions.
        fn never(&self, x: u64) -> !;
        fn body(&self, x: u32) -> u64 {
            self.long(u64::from(x))
        }
        /// # Safety
        ///
        /// `x` points to a byte.
        unsafe fn unsafely(&self, x: *const u8) -> u8;
        extern "C" fn c(&self, x: i32, y: f64, z: &u64) -> u64;
        extern "C" fn c_structure(&self, x: Mixed, y: u8) -> Mixed;
        extern "C" fn c_twelve(
            &self,
            a: u8,
            b: f32,
            c: u64,
            d: f64,
            e: i16,
            f: f32,
            g: Mixed,
            h: bool,
            i: f64,
            j: i64,
            k: i64,
            l: u32,
        ) -> u64;
        extern "C-unwind" fn c_unwinding(&self, x: u64) -> u64;
        extern "system" fn system(&self, x: u64, y: f32) -> f32;

        // No receiver.
        fn name() -> &'static str
        where
            Self: Sized;
        fn free(x: u64, y: f64, z: &str) -> String
        where
            Self: Sized;
        fn free_array(x: [u8; 16], y: [u64; 5]) -> [u64; 5]
        where
            Self: Sized;
        fn free_part(x: &str) -> &str
        where
            Self: Sized;

        // What has no entry.
        #[static_dispatch(cold)]
        fn cold(&self, x: u64) -> String {
            format!("{x} {:?}", self.own())
        }
        fn construct(_: u64) -> Option<Self>
        where
            Self: Sized,
        {
            None
        }
    }
}

/// What makes the results of one implementation differ from those of another.
trait Key: Debug + Sync {
    const NAME: &str;

    fn key(&self) -> u64;
}

/// An implementation that knows its key by its type.
#[derive(Debug)]
struct Fixed;

impl Key for Fixed {
    const NAME: &str = "fixed";

    fn key(&self) -> u64 {
        0x9e37_79b9_7f4a_7c15
    }
}

/// An implementation that holds its key, and notices when it is not its own.
#[derive(Debug)]
struct Held {
    key: u64,
    complement: u64,
}

impl Key for Held {
    const NAME: &str = "held";

    fn key(&self) -> u64 {
        assert_eq!(self.key, !self.complement);
        self.key
    }
}

/// What `nothing` did last.
static TRACE: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
struct Backend<K>(K);

impl<K: Key> Backend<K> {
    /// A number that depends on the key, on each of the values, and on their order.
    fn digest(&self, values: &[u64]) -> u64 {
        digest(self.0.key(), values)
    }

    fn digest_byte(&self, value: u8) -> u8 {
        self.digest(&[u64::from(value)]).to_be_bytes()[0]
    }

    fn digest_single(&self, value: f32) -> f32 {
        f32::from_bits(value.to_bits() ^ self.0.key() as u32)
    }

    fn digest_double(&self, value: f64) -> f64 {
        f64::from_bits(value.to_bits() ^ self.0.key())
    }

    fn digest_mixed(&self, value: Mixed) -> Mixed {
        Mixed {
            small: self.digest_byte(value.small),
            float: self.digest_double(value.float),
            large: self.digest(&[value.large]),
        }
    }
}

fn digest(key: u64, values: &[u64]) -> u64 {
    values.iter().fold(key, |sum, value| {
        (sum.rotate_left(7) ^ value).wrapping_mul(0x2545_f491_4f6c_dd1d)
    })
}

fn halves(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

fn to_vector(lanes: [u32; 4]) -> Vector {
    // SAFETY: both are four numbers of 32 bits, of which every pattern is one.
    unsafe { transmute::<[u32; 4], Vector>(lanes) }
}

fn to_lanes(vector: Vector) -> [u32; 4] {
    // SAFETY: as above.
    unsafe { transmute::<Vector, [u32; 4]>(vector) }
}

impl<K: Key> Signatures for Backend<K> {
    fn nothing(&self) {
        TRACE.store(self.digest(&[]), Relaxed);
    }

    fn unit(&self, (): (), y: u8, []: [u64; 0]) -> ((), u8) {
        ((), self.digest_byte(y))
    }

    fn truth_value(&self, x: bool) -> bool {
        x ^ (self.0.key() & 1 == 1)
    }

    fn byte(&self, x: u8) -> u8 {
        self.digest_byte(x)
    }

    fn short(&self, x: i16) -> i16 {
        x ^ self.0.key() as i16
    }

    fn character(&self, x: char) -> char {
        char::from_u32(self.0.key() as u32 & 0xfff ^ x as u32).unwrap_or(x)
    }

    fn word(self: &Self, x: i32) -> i32 {
        x ^ self.0.key() as i32
    }

    fn long(&self, x: u64) -> u64 {
        self.digest(&[x])
    }

    fn wide(&self, x: u128) -> u128 {
        x ^ u128::from(self.0.key()) << 32
    }

    fn wide_signed(&self, x: i128, y: u8, z: i128) -> i128 {
        i128::from(self.digest(&[y.into()])) ^ x.wrapping_sub(z)
    }

    fn single(&self, x: f32) -> f32 {
        self.digest_single(x)
    }

    fn double(&self, x: f64) -> f64 {
        self.digest_double(x)
    }

    fn pointer(&self, x: *const u8) -> *const u8 {
        x.wrapping_add(self.0.key() as usize)
    }

    fn ordering(&self, x: u64) -> Ordering {
        x.cmp(&self.0.key())
    }

    fn optional(&self, x: Option<NonZeroU32>) -> Option<u8> {
        x.map(|x| (x.get() ^ self.0.key() as u32) as u8)
    }

    fn duration(&self, x: Duration) -> Duration {
        Duration::new(self.digest(&[x.as_secs()]) >> 1, x.subsec_nanos())
    }

    fn pair(&self, (x, y): (u32, u32)) -> (u64, u64) {
        (self.digest(&[x.into()]), self.digest(&[y.into()]))
    }

    fn pair_of_floats(&self, (x, y): (f64, f32)) -> (f32, f64) {
        (self.digest_single(y), self.digest_double(x))
    }

    fn pair_of_kinds(&self, (x, y): (u64, f64)) -> (f64, u64) {
        (self.digest_double(y), self.digest(&[x]))
    }

    fn text(&self, x: &str) -> usize {
        x.len() ^ self.0.key() as usize
    }

    fn part<'text>(&self, x: &'text str) -> &'text str {
        let characters = x.chars().count() as u64 + 1;
        let skipped = self.0.key() % characters;
        x.char_indices()
            .nth(skipped as usize)
            .map_or("", |(index, _)| &x[index..])
    }

    fn slice(&self, x: &[u16]) -> u64 {
        x.iter()
            .fold(self.0.key(), |sum, value| digest(sum, &[u64::from(*value)]))
    }

    fn optional_slice<'bytes>(&self, x: Option<&'bytes [u8]>) -> Option<&'bytes [u8]> {
        x.map(|x| &x[self.0.key() as usize % (x.len() + 1)..])
    }

    fn three_bytes(&self, x: [u8; 3]) -> [u8; 3] {
        x.map(|x| self.digest_byte(x))
    }

    fn sixteen_bytes(&self, x: [u8; 16]) -> [u8; 16] {
        x.map(|x| self.digest_byte(x))
    }

    fn four_floats(&self, x: [f32; 4]) -> [f32; 4] {
        x.map(|x| self.digest_single(x))
    }

    fn triple(&self, (x, y, z): (u64, u64, u64)) -> (u64, u64, u64) {
        (
            self.digest(&[y, z]),
            self.digest(&[z, x]),
            self.digest(&[x, y]),
        )
    }

    fn structure(&self, x: Mixed) -> Mixed {
        self.digest_mixed(x)
    }

    fn forty_bytes(&self, x: [u64; 5]) -> [u64; 5] {
        x.map(|x| self.digest(&[x]))
    }

    fn aligned(&self, x: Aligned) -> Aligned {
        assert!((&raw const x).is_aligned());
        Aligned(x.0.map(|x| self.digest_byte(x)))
    }

    fn page(&self, x: [u64; 512]) -> [u64; 512] {
        x.map(|x| self.digest(&[x]))
    }

    fn large_between_small(&self, x: u8, y: [u64; 16], z: f64) -> (u64, [u64; 3]) {
        (
            self.digest(&y),
            [x.into(), self.digest(&[x.into()]), z.to_bits()],
        )
    }

    fn vector(&self, x: Vector) -> Vector {
        to_vector(to_lanes(x).map(|lane| lane ^ self.0.key() as u32))
    }

    fn vectors(&self, x: Vector, y: u32, z: Vector) -> [Vector; 2] {
        [z, x].map(|vector| to_vector(to_lanes(vector).map(|lane| lane ^ y ^ self.0.key() as u32)))
    }

    fn string(&self, mut x: String) -> String {
        x += &self.0.key().to_string();
        x
    }

    fn bytes(&self, mut x: Vec<u8>) -> Vec<u8> {
        x.push(self.digest_byte(0));
        x
    }

    fn cow<'text>(&self, x: &'text str) -> Cow<'text, str> {
        if x.len().is_multiple_of(2) {
            Cow::Borrowed(x)
        } else {
            Cow::Owned(format!("{x}{}", self.0.key()))
        }
    }

    fn boxed_any(&self, x: Option<Box<dyn Any>>) -> Option<Box<dyn Any>> {
        let x = x?.downcast::<u64>().ok()?;
        Some(Box::new(self.digest(&[*x])))
    }

    fn fallible(&self, x: Vec<u8>) -> Result<Vec<u8>, io::Error> {
        if x.len().is_multiple_of(2) {
            Ok(self.bytes(x))
        } else {
            Err(io::Error::other(format!("{x:?} {}", self.0.key())))
        }
    }

    fn change(&self, x: &mut u64) {
        *x = self.digest(&[*x]);
    }

    fn change_slice(&self, x: &mut [u8]) {
        for byte in x {
            *byte = self.digest_byte(*byte);
        }
    }

    fn higher_ranked(&self, x: for<'byte> fn(&'byte u8) -> &'byte u8, y: u8) -> u8 {
        *x(&self.digest_byte(y))
    }

    fn own(&self) -> &dyn Debug {
        &self.0
    }

    fn display(&self, x: &dyn Display) -> String {
        format!("{x}{}", self.0.key())
    }

    fn closure(&self, x: &dyn Fn(u64) -> u64) -> u64 {
        x(self.0.key())
    }

    fn changing_closure(&self, x: &mut dyn FnMut(u64)) {
        x(self.0.key());
        x(self.digest(&[1]));
    }

    fn boxed_closure(&self, x: u64) -> Box<dyn Fn(u64) -> u64> {
        let captured = self.digest(&[x]);
        Box::new(move |y| digest(captured, &[y]))
    }

    fn twelve(
        &self,
        a: u8,
        b: f32,
        c: u64,
        d: f64,
        e: i16,
        f: f32,
        g: u128,
        h: bool,
        i: f64,
        j: char,
        k: i64,
        l: u32,
    ) -> u64 {
        let [low, high] = halves(g);
        let [b, f] = [b, f].map(|x| u64::from(x.to_bits()));
        let [d, i] = [d, i].map(f64::to_bits);
        let [e, k] = [e.into(), k].map(i64::cast_unsigned);
        self.digest(&[
            a.into(),
            b,
            c,
            d,
            e,
            f,
            low,
            high,
            h.into(),
            i,
            j.into(),
            k,
            l.into(),
        ])
    }

    fn twelve_and_hidden_pointer(
        &self,
        a: u64,
        b: u64,
        c: u64,
        d: u64,
        e: u64,
        f: [u64; 4],
        g: &u64,
        h: u64,
        i: f64,
        j: u64,
        k: u64,
        l: u64,
    ) -> [u64; 6] {
        [
            self.digest(&[a, b, c, d, e]),
            self.digest(&f),
            *g,
            self.digest(&[h, i.to_bits()]),
            j,
            self.digest(&[k, l]),
        ]
    }

    fn eleven_floats(
        &self,
        x: [f64; 3],
        y: f64,
        z: [f64; 7],
        a: f64,
        b: f64,
        c: f64,
        d: f64,
    ) -> f64 {
        let all = x.into_iter().chain([y]).chain(z).chain([a, b, c, d]);
        let bits: Vec<_> = all.map(f64::to_bits).collect();
        f64::from_bits(self.digest(&bits))
    }

    fn never(&self, x: u64) -> ! {
        resume_unwind(Box::new(self.digest(&[x])))
    }

    unsafe fn unsafely(&self, x: *const u8) -> u8 {
        // SAFETY: the caller promises that `x` points to a byte.
        self.digest_byte(unsafe { x.read() })
    }

    extern "C" fn c(&self, x: i32, y: f64, z: &u64) -> u64 {
        self.digest(&[x.cast_unsigned().into(), y.to_bits(), *z])
    }

    extern "C" fn c_structure(&self, x: Mixed, y: u8) -> Mixed {
        self.digest_mixed(Mixed {
            small: x.small ^ y,
            ..x
        })
    }

    extern "C" fn c_twelve(
        &self,
        a: u8,
        b: f32,
        c: u64,
        d: f64,
        e: i16,
        f: f32,
        g: Mixed,
        h: bool,
        i: f64,
        j: i64,
        k: i64,
        l: u32,
    ) -> u64 {
        let [b, f] = [b, f].map(|x| u64::from(x.to_bits()));
        let [d, i] = [d, i].map(f64::to_bits);
        let [e, j, k] = [e.into(), j, k].map(i64::cast_unsigned);
        let first = self.digest(&[a.into(), b, c, d, e, f, g.small.into(), g.float.to_bits()]);
        digest(first, &[g.large, h.into(), i, j, k, l.into()])
    }

    extern "C-unwind" fn c_unwinding(&self, x: u64) -> u64 {
        let result = self.digest(&[x]);
        if x.is_multiple_of(2) {
            resume_unwind(Box::new(result));
        }
        result
    }

    extern "system" fn system(&self, x: u64, y: f32) -> f32 {
        self.digest_single(f32::from_bits(y.to_bits() ^ x as u32))
    }

    fn name() -> &'static str {
        K::NAME
    }

    fn free(x: u64, y: f64, z: &str) -> String {
        format!("{}: {x}, {:x}, {z}", K::NAME, y.to_bits())
    }

    fn free_array(x: [u8; 16], y: [u64; 5]) -> [u64; 5] {
        let key = digest(K::NAME.len() as u64, &halves(u128::from_le_bytes(x)));
        y.map(|y| digest(key, &[y]))
    }

    fn free_part(x: &str) -> &str {
        x.split_at_checked(K::NAME.len()).unwrap_or_default().1
    }
}

const SIGNATURES: Static<dyn Signatures> = Static::new();

/// For each row, calls a method with random values directly, through the handle, through a trait
/// object of the handle, and through the snapshot, and compares what the expression makes of it.
macro_rules! compare {
    (
        $backend:expr, |$implementation:ident|;
        $($method:ident($($input:ident: $type:ty),*) => $seen:expr;)*
    ) => {
        $({
            let mut runner = TestRunner::new(Config {
                cases: 32,
                failure_persistence: None,
                ..Config::default()
            });
            let outcome = runner.run(&($(any::<$type>(),)*), |inputs| {
                macro_rules! seen {
                    ($value:expr) => {{
                        let $implementation = $value;
                        let ($($input,)*) = inputs.clone();
                        $seen
                    }};
                }
                let direct = seen!($backend);
                prop_assert_eq!(&seen!(SIGNATURES), &direct, "through the handle");
                prop_assert_eq!(&seen!(&SIGNATURES as &dyn Signatures), &direct, "as an object");
                prop_assert_eq!(&seen!(SIGNATURES.current()), &direct, "through the snapshot");
                Ok(())
            });
            outcome.unwrap_or_else(|error| panic!("{}: {error}", stringify!($method)));
        })*
    };
}

fn payload(call: impl FnOnce() -> u64) -> Result<u64, u64> {
    let caught = catch_unwind(AssertUnwindSafe(call));
    caught.map_err(|payload| *payload.downcast().expect("a panic of another kind"))
}

fn free<S: Signatures>(x: u64, y: f64, z: &str) -> (&'static str, String, [u64; 5], &str) {
    let array = halves(u128::from(x) << 64 | u128::from(!x));
    let bytes = u128::from(x).rotate_left(17).to_le_bytes();
    (
        S::name(),
        S::free(x, y, z),
        S::free_array(bytes, [x, array[0], y.to_bits(), array[1], 5]),
        S::construct(x).map_or(S::free_part(z), |_| "constructed"),
    )
}

/// The methods that take arguments on the stack in a way that makes the compiler put code in front of
/// the entry's jump.
#[cfg(target_arch = "aarch64")]
const SPOILT: [&str; 3] = ["twelve", "twelve_and_hidden_pointer", "c_twelve"];
#[cfg(not(target_arch = "aarch64"))]
const SPOILT: [&str; 2] = ["twelve_and_hidden_pointer", "c_structure"];

fn every_method_agrees<K: Key>(backend: &'static Backend<K>) {
    let change = static_call::update::<dyn Signatures>(backend).unwrap();
    assert!(change.warning().is_none());
    let unpatched: Vec<_> = reported(concat!(module_path!(), "::Signatures"), |row| {
        assert!(row.methods().len() >= 40);
        let methods = row.methods().iter();
        methods
            .filter(|method| matches!(method.state(), MethodState::Unpatched(_)))
            .map(|method| method.name())
            .collect()
    });
    if PATCHES_ENTRIES {
        assert_eq!(unpatched, SPOILT, "{}", static_call::report());
    } else if !PATCHES {
        assert_eq!(change.patched(), 0);
    }

    compare! {
        backend, |signatures|;
        nothing(x: u64) => {
            TRACE.store(x, Relaxed);
            signatures.nothing();
            TRACE.load(Relaxed)
        };
        unit(x: u8) => signatures.unit((), x, []);
    }
    compare! {
        backend, |signatures|;
        truth_value(x: bool) => signatures.truth_value(x);
        byte(x: u8) => signatures.byte(x);
        short(x: i16) => signatures.short(x);
        character(x: char) => signatures.character(x);
        word(x: i32) => signatures.word(x);
        long(x: u64) => signatures.long(x);
        wide(x: u128) => signatures.wide(x);
        wide_signed(x: i128, y: u8, z: i128) => signatures.wide_signed(x, y, z);
        single(x: f32) => signatures.single(x).to_bits();
        double(x: f64) => signatures.double(x).to_bits();
        pointer(x: usize) => signatures.pointer(std::ptr::without_provenance(x)).addr();
        ordering(x: u64) => signatures.ordering(x);
        optional(x: u32) => signatures.optional(NonZeroU32::new(x % 4));
        duration(x: Duration) => signatures.duration(x);
    }
    compare! {
        backend, |signatures|;
        pair(x: (u32, u32)) => signatures.pair(x);
        pair_of_floats(x: (f64, f32)) => {
            let (x, y) = signatures.pair_of_floats(x);
            (x.to_bits(), y.to_bits())
        };
        pair_of_kinds(x: (u64, f64)) => {
            let (x, y) = signatures.pair_of_kinds(x);
            (x.to_bits(), y)
        };
        text(x: String) => signatures.text(&x);
        part(x: String) => signatures.part(&x).to_owned();
        slice(x: Vec<u16>) => signatures.slice(&x);
        optional_slice(x: Option<Vec<u8>>) => {
            signatures.optional_slice(x.as_deref()).map(<[u8]>::to_owned)
        };
    }
    compare! {
        backend, |signatures|;
        three_bytes(x: [u8; 3]) => signatures.three_bytes(x);
        sixteen_bytes(x: [u8; 16]) => signatures.sixteen_bytes(x);
        four_floats(x: [f32; 4]) => signatures.four_floats(x).map(f32::to_bits);
        triple(x: (u64, u64, u64)) => signatures.triple(x);
        structure(small: u8, float: f64, large: u64) => {
            let Mixed { small, float, large } = signatures.structure(Mixed { small, float, large });
            (small, float.to_bits(), large)
        };
        forty_bytes(x: [u64; 5]) => signatures.forty_bytes(x);
        aligned(x: [u8; 64]) => signatures.aligned(Aligned(x));
        page(x: [u64; 512]) => signatures.page(x);
        large_between_small(x: u8, y: [u64; 16], z: f64) => {
            signatures.large_between_small(x, y, z)
        };
        vector(x: [u32; 4]) => to_lanes(signatures.vector(to_vector(x)));
        vectors(x: [u32; 4], y: u32, z: [u32; 4]) => {
            signatures.vectors(to_vector(x), y, to_vector(z)).map(to_lanes)
        };
    }
    compare! {
        backend, |signatures|;
        string(x: String) => signatures.string(x);
        bytes(x: Vec<u8>) => signatures.bytes(x);
        cow(x: String) => {
            let cow = signatures.cow(&x);
            (matches!(cow, Cow::Borrowed(_)), cow.into_owned())
        };
        boxed_any(x: Option<u64>) => {
            let x = x.map(|x| -> Box<dyn Any> { Box::new(x) });
            signatures.boxed_any(x).map(|any| *any.downcast::<u64>().unwrap())
        };
        fallible(x: Vec<u8>) => signatures.fallible(x).map_err(|error| error.to_string());
        change(x: u64) => {
            let mut changed = x;
            signatures.change(&mut changed);
            changed
        };
        change_slice(x: Vec<u8>) => {
            let mut changed = x;
            signatures.change_slice(&mut changed);
            changed
        };
        higher_ranked(x: u8) => signatures.higher_ranked(|byte| byte, x);
        own(x: u64) => format!("{:?}, {x}", signatures.own());
        display(x: i64) => signatures.display(&x);
        closure(x: u64) => signatures.closure(&|y| digest(x, &[y]));
        changing_closure(x: u64) => {
            let mut sum = x;
            signatures.changing_closure(&mut |y| sum = digest(sum, &[y]));
            sum
        };
        boxed_closure(x: u64, y: u64) => signatures.boxed_closure(x)(y);
    }
    compare! {
        backend, |signatures|;
        twelve(
            a: u8, b: f32, c: u64, d: f64, e: i16, f: f32,
            g: u128, h: bool, i: f64, j: char, k: i64, l: u32
        ) => signatures.twelve(a, b, c, d, e, f, g, h, i, j, k, l);
        twelve_and_hidden_pointer(
            a: u64, b: u64, c: u64, d: u64, e: u64, f: [u64; 4],
            g: u64, h: u64, i: f64, j: u64, k: u64, l: u64
        ) => signatures.twelve_and_hidden_pointer(a, b, c, d, e, f, &g, h, i, j, k, l);
        eleven_floats(x: [f64; 3], y: f64, z: [f64; 7], a: f64, b: f64, c: f64, d: f64) => {
            signatures.eleven_floats(x, y, z, a, b, c, d).to_bits()
        };
        never(x: u64) => payload(|| signatures.never(x));
        body(x: u32) => signatures.body(x);
        // SAFETY: a reference points to a byte.
        unsafely(x: u8) => unsafe { signatures.unsafely(&x) };
        c(x: i32, y: f64, z: u64) => signatures.c(x, y, &z);
        c_structure(small: u8, float: f64, large: u64, x: u8) => {
            let mixed = Mixed { small, float, large };
            let Mixed { small, float, large } = signatures.c_structure(mixed, x);
            (small, float.to_bits(), large)
        };
        c_twelve(
            a: u8, b: f32, c: u64, d: f64, e: i16, f: f32,
            g: (u8, f64, u64), h: bool, i: f64, j: i64, k: i64, l: u32
        ) => {
            let g = Mixed { small: g.0, float: g.1, large: g.2 };
            signatures.c_twelve(a, b, c, d, e, f, g, h, i, j, k, l)
        };
        c_unwinding(x: u64) => payload(|| signatures.c_unwinding(x));
        system(x: u64, y: f32) => signatures.system(x, y).to_bits();
        cold(x: u64) => signatures.cold(x);
    }

    let mut runner = TestRunner::new(Config {
        cases: 32,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&any::<(u64, f64, String)>(), |(x, y, z)| {
        let direct = free::<Backend<K>>(x, y, &z);
        prop_assert_eq!(&free::<Static<dyn Signatures>>(x, y, &z), &direct);
        prop_assert_eq!(&free::<Current<dyn Signatures>>(x, y, &z), &direct);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("methods without receiver: {error}"));
}

#[test]
fn every_signature_gives_the_same_through_a_static_call_and_directly() {
    static PLAIN: Backend<Fixed> = Backend(Fixed);
    every_method_agrees(&PLAIN);
    for key in [0x0123_4567_89ab_cdef, u64::MAX, 0] {
        every_method_agrees(Box::leak(Box::new(Backend(Held {
            key,
            complement: !key,
        }))));
    }
    every_method_agrees(&PLAIN);
}
