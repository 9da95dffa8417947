//! A gate for each level, which a statement passes before anything of it is computed.
//!
//! A gate is closed until somebody wants records of its level: as each is a trait of its own, and
//! annotated with `noop`, a statement below the level that is logged costs no more than if logging were
//! off. Both times what remains of it is a comparison of two constants, one of which is patched.

use static_call::static_dispatch;

use super::{LOGGER, Level, Logger};

/// The gates of the levels that are logged: they ask the logger about the target.
struct Open;

macro_rules! gates {
    ($($level:ident)+) => {
        $(
            /// The gate of the level.
            #[static_dispatch(noop)]
            pub(crate) trait $level: Sync {
                /// Whether a record of the level, from this part of the program, is wanted.
                fn admits(&self, target: &str) -> bool;
            }

            impl $level for Open {
                fn admits(&self, target: &str) -> bool {
                    LOGGER.enabled(Level::$level, target)
                }
            }
        )+

        /// Opens the gates up to this level, which is the least important one that is logged.
        pub(super) fn open(least: Level) -> Result<(), static_call::Error> {
            $(
                if Level::$level <= least {
                    static_call::update::<dyn $level>(&Open)?;
                }
            )+
            Ok(())
        }
    };
}

gates! { Error Warn Info Debug Trace }
