//! How a method's signature passes the receiver: found by trying it.
//!
//! Rust's calling convention is not specified. Whether a return value travels by a hidden pointer,
//! which takes the first register and moves the receiver to the second, depends on rules that differ
//! from C's (`[u8; 16]` does, `u128` does not). So an entry's receiver is not computed but looked
//! for: a routine that notes its argument registers is called through the method's own type, with a
//! receiver that can be recognised.
#![allow(unsafe_code)]

use std::mem::{self, MaybeUninit};

/// Calls `routine` with the argument passing of a method, with `receiver` as the receiver.
pub(super) type Probe = unsafe fn(routine: *const (), receiver: *const ());

/// A function pointer whose first parameter is a receiver, a thin pointer.
#[doc(hidden)]
pub trait Signature: Copy {
    /// Calls `routine` as a function of this type would be called, with `receiver` as the first
    /// argument and zeroes as the others.
    ///
    /// # Safety
    ///
    /// - `routine` is the address of a function that reads no argument but from registers, returns
    ///   normally, and leaves alone what its convention says.
    /// - The first parameter of `Self` is a thin pointer.
    unsafe fn probe(routine: *const (), receiver: *const ());
}

/// Implements `Signature` for one calling convention, for as many parameters as are named and fewer.
macro_rules! signatures {
    ($abi:literal) => {
        signatures!(@implement $abi);
    };
    ($abi:literal $first:ident $($parameter:ident)*) => {
        signatures!(@implement $abi $first $($parameter)*);
        signatures!($abi $($parameter)*);
    };
    (@implement $abi:literal $($parameter:ident)*) => {
        impl<Receiver, $($parameter,)* Output> Signature
            for unsafe extern $abi fn(Receiver $(, $parameter)*) -> Output
        {
            unsafe fn probe(routine: *const (), receiver: *const ()) {
                type Routine<$($parameter,)* Output> = unsafe extern $abi fn(
                    *const () $(, MaybeUninit<$parameter>)*
                ) -> MaybeUninit<Output>;
                // SAFETY: a function pointer is a pointer to code, and `routine` is one.
                let routine = unsafe {
                    mem::transmute::<*const (), Routine<$($parameter,)* Output>>(
                        std::hint::black_box(routine),
                    )
                };
                // SAFETY: all thin pointers are passed alike, and `MaybeUninit<T>` as `T` ("ABI
                // compatibility" in the documentation of the primitive type `fn`), so this is the
                // argument passing of `Self`; `routine` looks at no argument as a value, and the
                // result need not be initialised.
                let _ = unsafe { routine(receiver $(, MaybeUninit::<$parameter>::zeroed())*) };
            }
        }
    };
}

macro_rules! conventions {
    ($($abi:literal)*) => {
        $(
            signatures!(
                $abi P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P15 P16 P17 P18 P19 P20 P21 P22 P23
            );
        )*
    };
}

conventions!("Rust" "C" "C-unwind" "system" "system-unwind");
