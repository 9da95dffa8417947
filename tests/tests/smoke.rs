#![allow(missing_docs)]
use static_call::{Static, static_dispatch};

struct Fnv;
struct Keyed(u64);

#[static_dispatch(default = Fnv)]
pub trait Hasher: Sync {
    fn hash(&self, bytes: &[u8]) -> u64;
    fn text(&self, x: u8) -> String;
    #[static_dispatch(cold)]
    fn describe(&self) -> String {
        "desc".into()
    }
    fn name() -> &'static str
    where
        Self: Sized;
    fn elided(x: &str) -> &str
    where
        Self: Sized;
    fn big(&self, x: [u64; 16], y: f64) -> [u64; 16];
    fn new() -> Self
    where
        Self: Sized,
    {
        unimplemented!()
    }
}
impl Hasher for Fnv {
    fn hash(&self, bytes: &[u8]) -> u64 {
        bytes.len() as u64
    }
    fn text(&self, x: u8) -> String {
        x.to_string()
    }
    fn name() -> &'static str {
        "fnv"
    }
    fn elided(x: &str) -> &str {
        &x[1..]
    }
    fn big(&self, x: [u64; 16], y: f64) -> [u64; 16] {
        x.map(|v| v + y as u64)
    }
}
impl Hasher for Keyed {
    fn hash(&self, bytes: &[u8]) -> u64 {
        bytes.len() as u64 + self.0
    }
    fn text(&self, x: u8) -> String {
        (u64::from(x) + self.0).to_string()
    }
    fn name() -> &'static str {
        "keyed"
    }
    fn elided(x: &str) -> &str {
        &x[2..]
    }
    fn big(&self, x: [u64; 16], y: f64) -> [u64; 16] {
        x.map(|v| v * y as u64 + self.0)
    }
}
const HASHER: Static<dyn Hasher> = Static::new();

fn check(k: Option<u64>) {
    assert_eq!(HASHER.hash(b"abc"), 3 + k.unwrap_or(0));
    assert_eq!(HASHER.text(5), (5 + k.unwrap_or(0)).to_string());
    assert_eq!(
        <Static<dyn Hasher>>::name(),
        if k.is_some() { "keyed" } else { "fnv" }
    );
    assert_eq!(
        <Static<dyn Hasher>>::elided("abc"),
        if k.is_some() { "c" } else { "bc" }
    );
    assert_eq!(HASHER.big([3; 16], 2.0), [k.map_or(5, |k| 6 + k); 16]);
    println!("{}", static_call::report());
}

#[test]
fn smoke() {
    println!("{}", static_call::report());
    check(None);
    println!(
        "{:?}",
        static_call::update::<dyn Hasher>(Box::leak(Box::new(Keyed(7))))
    );
    check(Some(7));
    println!("{:?}", static_call::update::<dyn Hasher>(&Fnv));
    check(None);
    println!("{:?}", static_call::update::<dyn Hasher>(&HASHER));
    println!("{:?} {:?}", HASHER, HASHER.current());
}
