//! Entries of every shape of signature begin with their jump, so that they can be patched.

#![allow(dead_code, reason = "the entries are looked at, not called")]

use std::any::Any;

use static_call::{MethodState, static_dispatch};
use static_call_tests::PATCHES;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[static_dispatch]
trait InRegisters: Sync {
    fn nothing(&self);
    fn word(&self) -> u64;
    fn truth_value(&self) -> bool;
    fn byte(&self) -> u8;
    fn mixed_pair(&self) -> (bool, u64);
    fn option(&self) -> Option<u64>;
    fn small_option(&self) -> Option<u32>;
    fn boxed_option(&self) -> Option<Box<u8>>;
    fn pair(&self) -> (u64, u64);
    fn wide(&self) -> u128;
    fn float(&self) -> f64;
    fn owned(&self) -> String;
    fn borrowed(&self) -> &str;
    fn bytes(&self) -> [u8; 16];
    fn word_to_nothing(&self, x: u64);
    fn word_to_pair(&self, x: u64) -> (u64, u64);
    fn text(&self, x: &str) -> u64;
    fn takes_text(&self, x: String) -> u64;
    fn drops_text(&self, x: String);
    fn takes_box(&self, x: Box<u8>);
    fn takes_object(&self, x: Box<dyn Any>);
    fn takes_two(&self, x: Vec<u8>, y: String) -> u8;
    fn array(&self, x: [u64; 8]) -> bool;
    fn large_array(&self, x: [u8; 4096]) -> [u8; 4096];
    fn floats(&self, x: f32, y: f64) -> f32;
    fn five(&self, a: u64, b: u64, c: u64, d: u64, e: u64) -> u64;
    fn four_to_text(&self, a: u64, b: u64, c: u64, d: u64) -> String;
    fn closure(&self, f: &dyn Fn(u8) -> u8) -> u8;
    fn mutable_closure(&self, f: &mut dyn FnMut(&str) -> Option<u64>) -> Option<u64>;
    extern "C" fn foreign(&self, x: u64) -> u64;
    fn free()
    where
        Self: Sized;
    fn free_word() -> u64
    where
        Self: Sized;
    fn free_text(x: String) -> (u64, u64)
    where
        Self: Sized;
    fn result(&self) -> Result<u64, Failure>;
    fn empty_result(&self) -> Result<(), Failure>;
    fn io_result(&self) -> std::io::Result<usize>;
    fn io_bytes(&self) -> std::io::Result<Vec<u8>>;
    fn text_to_result(&self, x: &str) -> Result<Option<Vec<u8>>, Box<u8>>;
    fn never(&self) -> !;
    fn text_to_never(&self, x: String) -> !;
}

#[cfg(target_arch = "x86_64")]
#[allow(clippy::too_many_arguments)]
#[static_dispatch]
trait OnStack: Sync {
    fn words(&self, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64) -> u64;
    fn wide(&self, a: u128, b: u128, c: u128, d: u128) -> u128;
    fn text(&self, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: String, h: u64) -> u64;
    extern "C" fn foreign(&self, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64) -> u64;
}

fn every_method_is_patched(trait_name: &str) {
    let report = static_call::report();
    let described = report
        .traits()
        .iter()
        .find(|described| described.name().ends_with(trait_name))
        .expect("the trait is registered");
    for method in described.methods() {
        let patched = matches!(method.state(), MethodState::Patched);
        assert_eq!(patched, PATCHES, "{}: {}", method.name(), method.state());
    }
}

#[test]
fn a_signature_that_fits_in_registers_has_an_entry_that_can_be_patched() {
    static_call::seal::<dyn InRegisters>();
    every_method_is_patched("::InRegisters");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn arguments_on_the_stack_are_no_obstacle_on_x86_64() {
    static_call::seal::<dyn OnStack>();
    every_method_is_patched("::OnStack");
}
