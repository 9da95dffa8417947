//! The ways of `static-call`. Each is asked for by the report before it is counted.

use std::any::{type_name, type_name_of_val};
use std::env;

use anyhow::{Context as _, ensure};
use static_call::{
    Devirt, DevirtState, Initial, MethodState, Mode, Static, current, report, static_dispatch,
    update,
};

use crate::implementations::{
    OTHER, Other, SEED, STATEFUL, Stateful, Unit, in_memory, mixers, scramble, stir,
};
use crate::way::{Way, way};

mixers! {
    #[static_dispatch(inline(Unit, Stateful))]
    ListedFirst;
    #[static_dispatch(inline(Stateful, Unit))]
    ListedFirstStateful;
    #[static_dispatch(inline(Unit, Stateful))]
    ListedSecond;
    #[static_dispatch(inline(Unit, Stateful))]
    ListedNot;
    #[static_dispatch]
    Open;
    #[static_dispatch]
    OpenStateful;
    #[static_dispatch(out_of_line)]
    OutOfLine;
    #[static_dispatch(out_of_line)]
    OutOfLineStateful;
    #[static_dispatch(inline(Stateful, Unit))]
    SnapshotFirst;
    #[static_dispatch(inline(Unit, Stateful))]
    SnapshotSecond;
    #[static_dispatch(inline(Unit, Stateful))]
    SnapshotNot;
    #[static_dispatch(devirt, inline(Stateful, Other))]
    DevirtFirst;
    #[static_dispatch(devirt, inline(Stateful, Other))]
    DevirtSecond;
    #[static_dispatch(devirt, inline(Stateful, Other))]
    DevirtBypassed;
}

#[static_dispatch]
trait Cold: Sync {
    #[static_dispatch(cold)]
    fn mix(&self, x: u64) -> u64;
}

impl Cold for Stateful {
    fn mix(&self, x: u64) -> u64 {
        scramble(self.seed, x)
    }
}

#[static_dispatch(noop)]
trait Noop: Sync {
    fn note(&self, x: u64);
}

/// More calls than it takes to learn that what they meet is not listed.
const LEARNING: u32 = 100_000;

/// Whether anything can be patched.
fn is_patched() -> bool {
    !cfg!(feature = "portable") && env::var_os("STATIC_CALL_PATCHING").is_none()
}

/// Makes sure that the implementation of a trait is of this type, and that its calls are made in this way.
fn expect(name: &str, type_name: &str, mode: Mode) -> anyhow::Result<()> {
    let modes = match mode {
        _ if !is_patched() => vec![Mode::Portable],
        // What is listed stands in the call all the same.
        Mode::Inline if cfg!(feature = "out-of-line") => vec![Mode::Inline, Mode::OutOfLine],
        mode => vec![mode],
    };
    let report = report();
    let name = format!("{}::{name}", module_path!());
    let mut traits = report.traits().iter();
    let described = traits
        .find(|described| described.name() == name)
        .context("the trait is not registered")?;
    ensure!(described.implementation() == type_name, "{report}");
    ensure!(modes.contains(&described.mode()), "{report}");
    for method in described.methods() {
        let patched = matches!(method.state(), MethodState::Patched);
        ensure!(patched == (described.mode() != Mode::Portable), "{report}");
        ensure!(
            !is_patched() || method.call_sites().at_the_entry() == 0,
            "{report}"
        );
    }
    Ok(())
}

/// Makes sure that all calls of a trait's objects are in this state, and that types were met that are not listed
/// only where they are bypassed.
fn expect_learned(name: &str, state: DevirtState) -> anyhow::Result<()> {
    let report = report();
    let name = format!("{}::{name}", module_path!());
    let mut traits = report.devirt().iter();
    let described = traits
        .find(|described| described.name() == name)
        .context("the trait is not registered")?;
    if is_patched() || cfg!(feature = "portable") {
        ensure!(!described.sites().is_empty(), "{report}");
    }
    for site in described.sites() {
        ensure!(site.state() == state, "{report}");
    }
    let is_bypassed = state == DevirtState::Bypassed;
    let has_learned = !described.sites().is_empty();
    ensure!(
        described.unlisted().is_empty() != (is_bypassed && has_learned),
        "{report}"
    );
    Ok(())
}

/// Puts everything in force, and tells what can be called then.
pub(crate) fn ways() -> anyhow::Result<Vec<Way>> {
    let mut ways = Vec::new();

    macro_rules! handle {
        ($name:literal, $trait:ident, $implementation:expr, $mode:ident) => {
            update::<dyn $trait>($implementation)?;
            ways.push(way!($name, |x| Static::<dyn $trait>::new().mix(x)));
            let type_name = type_name_of_val($implementation);
            expect(stringify!($trait), type_name, Mode::$mode)?;
        };
    }
    handle!("listed first, zero-sized", ListedFirst, &Unit, Inline);
    handle!(
        "listed first, stateful",
        ListedFirstStateful,
        &STATEFUL,
        Inline
    );
    handle!("listed second, stateful", ListedSecond, &STATEFUL, Inline);
    handle!("two listed, another in force", ListedNot, &OTHER, Inline);
    handle!("nothing listed, zero-sized", Open, &Unit, Inline);
    handle!("nothing listed, stateful", OpenStateful, &STATEFUL, Inline);
    handle!("`out_of_line`, zero-sized", OutOfLine, &Unit, OutOfLine);
    handle!(
        "`out_of_line`, stateful",
        OutOfLineStateful,
        &STATEFUL,
        OutOfLine
    );
    handle!("`cold`, stateful", Cold, &STATEFUL, Portable);

    let noop = way!("`noop`, off", |x| {
        Static::<dyn Noop>::new().note(x);
        x
    });
    let _ = noop.dependent(1);
    expect("Noop", type_name::<Initial<dyn Noop>>(), Mode::Inline)?;
    ways.push(noop);

    macro_rules! snapshot {
        ($name:literal, $trait:ident, $implementation:expr) => {
            update::<dyn $trait>($implementation)?;
            let snapshot = current::<dyn $trait>();
            ways.push(way!($name, move |x| snapshot.mix(x)));
            let type_name = type_name_of_val($implementation);
            // It has no call but that through the snapshot.
            expect(stringify!($trait), type_name, Mode::OutOfLine)?;
        };
    }
    snapshot!("snapshot, listed first", SnapshotFirst, &STATEFUL);
    snapshot!("snapshot, listed second", SnapshotSecond, &STATEFUL);
    snapshot!("snapshot, not listed", SnapshotNot, &OTHER);

    macro_rules! object {
        ($name:literal, $trait:ident, $object:expr, $state:ident) => {
            let object: Box<dyn $trait> = Box::new($object);
            let object = in_memory(Devirt::new(object));
            let way = way!($name, |x| object.mix(x));
            let _ = way.dependent(LEARNING) ^ way.independent(LEARNING);
            expect_learned(stringify!($trait), DevirtState::$state)?;
            ways.push(way);
        };
    }
    let first = Stateful { seed: SEED };
    let second = Other { seed: SEED };
    object!("`Devirt`, first listed", DevirtFirst, first, Guarded);
    object!("`Devirt`, second listed", DevirtSecond, second, Guarded);
    object!("`Devirt`, bypassed", DevirtBypassed, Unit, Bypassed);
    Ok(ways)
}
