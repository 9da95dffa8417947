//! The statements: `info!("{} words", count)`, with fields `info!("done"; words = count)`, and from
//! another part of the program than the module `info!(target: "io", "done")`.
//!
//! Nothing in a statement is computed unless it is logged.

macro_rules! statement {
    ($level:ident, target: $target:expr, $message:literal $(, $argument:expr)* $(,)?
        $(; $($name:ident = $value:expr),+ $(,)?)?) => {{
        const TARGET: &str = $target;
        let gate = ::static_call::Static::<dyn $crate::facade::gates::$level>::new();
        if $crate::facade::gates::$level::admits(&gate, TARGET) {
            $crate::facade::submit(&$crate::facade::Record {
                level: $crate::facade::Level::$level,
                target: TARGET,
                message: format_args!($message $(, $argument)*),
                fields: &[$($($crate::facade::Field {
                    name: stringify!($name),
                    value: &$value,
                }),+)?],
            });
        }
    }};
    ($level:ident, $($statement:tt)+) => {
        statement!($level, target: module_path!(), $($statement)+)
    };
}

macro_rules! error {
    ($($statement:tt)+) => { statement!(Error, $($statement)+) };
}

macro_rules! warn {
    ($($statement:tt)+) => { statement!(Warn, $($statement)+) };
}

macro_rules! info {
    ($($statement:tt)+) => { statement!(Info, $($statement)+) };
}

macro_rules! debug {
    ($($statement:tt)+) => { statement!(Debug, $($statement)+) };
}

macro_rules! trace {
    ($($statement:tt)+) => { statement!(Trace, $($statement)+) };
}
