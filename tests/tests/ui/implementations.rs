use std::cell::Cell;

use static_call::{Static, static_dispatch};

pub trait NotAnnotated: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait Annotated: Sync {
    fn get(&self) -> u32;
}

pub struct Unit;

impl NotAnnotated for Unit {
    fn get(&self) -> u32 {
        0
    }
}

pub struct Borrowing<'a>(&'a u32);

impl Annotated for Borrowing<'_> {
    fn get(&self) -> u32 {
        *self.0
    }
}

pub struct NotSync(Cell<u32>);

impl Annotated for NotSync {
    //~ error[E0277]: `Cell<u32>` … Annotated
    fn get(&self) -> u32 {
        self.0.get()
    }
}

impl Annotated for str {
    //~ error[E0277] at `str`: Sized … Annotated
    fn get(&self) -> u32 {
        0
    }
}

pub fn without_implementation() {
    let _ = static_call::update::<dyn Annotated>(&Unit);
    //~ error[E0277] at `&Unit`: `Unit: Annotated`
}

pub fn not_annotated() {
    let _ = static_call::update::<dyn NotAnnotated>(&Unit);
    //~ error[E0277] at `dyn NotAnnotated`: `dyn NotAnnotated` is not the trait object of a `#[static_dispatch]` trait … annotate the trait with `#[static_dispatch]` and write `dyn Trait`, without `+ Send` or `+ Sync`
    static_call::seal::<dyn NotAnnotated>();
    //~ error[E0277] at `dyn NotAnnotated`
    let _ = static_call::current::<dyn NotAnnotated>();
    //~ error[E0277] at `dyn NotAnnotated`
}

pub fn not_the_trait_object() {
    static_call::seal::<dyn Annotated + Send>();
    //~ error[E0277] at `dyn Annotated + Send`: `dyn Annotated + Send` is not the trait object of a `#[static_dispatch]` trait … write `dyn Trait`, without `+ Send` or `+ Sync`
    let _ = static_call::current::<Unit>();
    //~ error[E0277] at `Unit`: `Unit` is not the trait object of a `#[static_dispatch]` trait
}

pub fn call_without_annotation() -> u32 {
    Static::<dyn NotAnnotated>::new().get()
    //~ error[E0599]
}

pub fn implementation_on_the_stack(value: u32) {
    let borrowing = Borrowing(&1);
    let _ = static_call::update::<dyn Annotated>(&borrowing);
    //~ error[E0597]
    let _ = static_call::update::<dyn Annotated>(Box::leak(Box::new(Borrowing(&value))));
    //~ error[E0597]
}
