//! The lock that all versions of the crate `static-call` in a program share. There is nothing in it to use
//! otherwise.
//!
//! Each version has statics of its own, but the calls of all of them may stand in the same pages of code. One that
//! gives a page its protection back while another writes to it ends the program; one that looks at a page which
//! another has made writable takes it for one that always was. So all of them write under one lock. It is in a
//! crate of its own because Cargo takes one copy of a crate for all who ask for a compatible version, and that is
//! the whole of the crate so that there is never a reason for a version that is not.
//!
//! A shared object with copies of its own of all crates, a `cdylib`, has another lock, and pages of its own too.

use std::sync::Mutex;

/// Held by whoever changes code or the protection of code, or looks at that.
pub static PATCHING: Mutex<()> = Mutex::new(());
