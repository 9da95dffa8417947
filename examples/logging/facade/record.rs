//! What a statement logs.

use std::fmt;

use super::Level;

/// What a statement logs.
pub(crate) struct Record<'a> {
    pub(crate) level: Level,
    /// The part of the program that it comes from: a path like that of a module.
    pub(crate) target: &'a str,
    pub(crate) message: fmt::Arguments<'a>,
    pub(crate) fields: &'a [Field<'a>],
}

/// A value with a name.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a (dyn fmt::Display + 'a),
}
