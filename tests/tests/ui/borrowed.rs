//! An object that is asked for its type is borrowed meanwhile.

use static_call::__private::Objects;

pub trait Shape {}

pub fn that_may_be_gone(objects: &'static Objects, object: *const dyn Shape) -> u32 {
    objects.miss(1, object)
    //~ error[E0308] at `object`: expected `&_`, found `*const dyn Shape`
}

pub fn that_is_there(objects: &'static Objects, object: &dyn Shape) -> u32 {
    objects.miss(1, object)
}
