//! Tests of `static-call`; each file in `tests` owns its traits, because patching is process-wide.
