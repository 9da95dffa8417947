use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use static_call::{Static, static_dispatch};

pub struct Unit;

#[static_dispatch(default = Unit)]
pub trait Receivers: Sync {
    fn exclusive(&mut self, value: u32);
    //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn value(self);
    //~ error at `self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn boxed(self: Box<Self>);
    //~ error at `self: Box<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn counted(self: Rc<Self>);
    //~ error at `self: Rc<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn shared(self: Arc<Self>);
    //~ error at `self: Arc<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn pinned(self: Pin<&mut Self>);
    //~ error at `self: Pin<&mut Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn pinned_shared(self: Pin<&Self>);
    //~ error at `self: Pin<&Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn exclusive_in_full(self: &mut Self);
    //~ error at `self: &mut Self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn sized(&self)
    where
        Self: Sized;
        //~ error at `Self: Sized`: `where Self: Sized` keeps the method out of the trait object; remove it, or give the method a default body to keep it out of the dispatch
    fn unsized_without() -> u32;
    //~ error at `unsized_without`: a method without receiver needs `where Self: Sized`; add it, and calls through the handle are dispatched all the same
    fn good(&self) -> u32;
}

// Uses give no errors of their own.
impl Receivers for Unit {
    fn exclusive(&mut self, _: u32) {}
    fn value(self) {}
    fn boxed(self: Box<Self>) {}
    fn counted(self: Rc<Self>) {}
    fn shared(self: Arc<Self>) {}
    fn pinned(self: Pin<&mut Self>) {}
    fn pinned_shared(self: Pin<&Self>) {}
    fn exclusive_in_full(self: &mut Self) {}
    fn sized(&self) {}
    fn unsized_without() -> u32 {
        0
    }
    fn good(&self) -> u32 {
        0
    }
}

pub fn uses() -> u32 {
    let mut handle = Static::<dyn Receivers>::new();
    static_call::update::<dyn Receivers>(&Unit).unwrap();
    handle.exclusive(0);
    handle.value();
    handle.sized();
    handle.good() + handle.current().good() + Static::<dyn Receivers>::unsized_without()
}
