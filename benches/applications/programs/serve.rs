//! Runs a batch for each line that comes in, and answers with what came out.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write as _};

/// Serves until standard input ends.
pub fn serve<T: Hash>(mut batch: impl FnMut() -> T) {
    for line in io::stdin().lines() {
        line.expect("standard input is text");
        let mut hasher = DefaultHasher::new();
        batch().hash(&mut hasher);
        println!("{:016x}", hasher.finish());
        io::stdout().flush().expect("somebody reads the answers");
    }
    #[cfg(feature = "static-call")]
    eprintln!("{}", static_call::report());
}
