use static_call::{Devirt, static_dispatch};

pub struct Circle;

#[static_dispatch(devirt)]
//~ error at `devirt`: `devirt` compiles the bodies of listed types into calls of trait objects; list them: `devirt, inline(Type, …)`
pub trait Unlisted {
    fn area(&self) -> f64;
}

#[static_dispatch(devirt, inline(Circle), devirt)]
//~ error at `devirt`: the option `devirt` is given twice; remove one
pub trait Twice {
    fn area(&self) -> f64;
}

#[static_dispatch(devirt, inline(Circle), out_of_line)]
//~ error at `out_of_line`: `inline` and `out_of_line` exclude each other; remove one
pub trait OutOfLine: Sync {
    fn area(&self) -> f64;
}

#[static_dispatch(devirt, inline(Circle))]
pub trait Methods {
    fn consume(self: Box<Self>);
    //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
    fn name() -> &'static str
    //~ error at `name`: a `Devirt` has no object to ask where there is no receiver; give the method a default body
    where
        Self: Sized;
    fn same(&mut self, other: &Self);
    //~ error at `Self`: `Self` is another type in each implementation and cannot be dispatched; use a trait object such as `&dyn Trait` or `Box<dyn Trait>`
    fn generic<T>(&mut self, value: T);
    //~ error at `T`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
}

#[static_dispatch(devirt, inline(Circle))]
pub trait OwnedAndSync: Sync {
    fn consume(self: Box<Self>);
    //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
}

#[static_dispatch(devirt, inline(Circle))]
pub trait Associated {
    type Item;
    //~ error at `Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    fn next(&mut self) -> Option<Self::Item>;
}

#[static_dispatch(devirt, noop, inline(Circle))]
pub trait Both {
    //~ error at `Both`: all threads share the current implementation, so the trait must require `Sync`; add `: Sync`, as in `trait Both: Sync`
    fn scale(&mut self);
    //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
}

#[static_dispatch(devirt, inline(Missing))]
//~ error[E0277]: the trait bound `Missing: Wanting` is not satisfied
pub trait Wanting {
    fn area(&self) -> f64;
}

pub struct Missing;

#[static_dispatch(devirt, inline(Circle))]
pub trait Accepted {
    fn scale(&mut self);
}

impl Accepted for Circle {
    fn scale(&mut self) {}
}

pub fn uses(circle: &mut dyn Accepted, shared: &dyn Accepted) {
    Devirt::new(circle).scale();
    Devirt::new(shared).scale();
    //~ error[E0599]: 
    let _ = static_call::update::<dyn Accepted>(&Circle);
    //~ error[E0277]: `dyn Accepted` is not the trait object of a `#[static_dispatch]` trait
}
