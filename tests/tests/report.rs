//! What `report` tells.
//!
//! There is one test, because a report lists all traits of the program. For that reason the library
//! of the tests, which has a trait too, is not used.

use static_call::{MethodState, Mode, Reason, Static, TraitReport, static_dispatch};

#[static_dispatch(default = Plain, out_of_line)]
trait Active: Sync {
    fn encode(&self, text: &str) -> Vec<u8>;
    fn name(number: u32) -> String
    where
        Self: Sized;
    #[static_dispatch(cold)]
    fn describe(&self) -> String {
        String::from("active")
    }
}

struct Plain;

impl Active for Plain {
    fn encode(&self, text: &str) -> Vec<u8> {
        text.bytes().collect()
    }

    fn name(number: u32) -> String {
        format!("plain {number}")
    }
}

struct Keyed(u8);

impl Active for Keyed {
    fn encode(&self, text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte ^ self.0).collect()
    }

    fn name(number: u32) -> String {
        format!("keyed {number}")
    }
}

#[static_dispatch(noop)]
trait Bare: Sync {}

#[static_dispatch(noop, out_of_line)]
trait Sealed: Sync {
    fn count(&self, text: &str) -> usize;
}

struct Counted;

impl Sealed for Counted {
    fn count(&self, text: &str) -> usize {
        text.len()
    }
}

#[static_dispatch]
trait Unused: Sync {
    fn r#loop(&self, times: u32) -> u32;
}

impl Unused for Plain {
    fn r#loop(&self, times: u32) -> u32 {
        times + 1
    }
}

const ACTIVE: Static<dyn Active> = Static::new();
const SEALED: Static<dyn Sealed> = Static::new();
const UNUSED: Static<dyn Unused> = Static::new();

#[cfg(not(feature = "portable"))]
const BEFORE: &str = "\
TRAIT           IMPLEMENTATION                                    MODE      METHOD    ENTRY                    CALL SITES
report::Active  report::Plain                                     portable  encode    unpatched: not used yet  none
                                                                            name      unpatched: not used yet  none
                                                                            describe  cold: virtual call       none
report::Bare    static_call::handle::Initial<dyn report::Bare>    portable
report::Sealed  static_call::handle::Initial<dyn report::Sealed>  portable  count     unpatched: not used yet  none
report::Unused  static_call::handle::Initial<dyn report::Unused>  portable  loop      unpatched: not used yet  none";

#[cfg(not(feature = "portable"))]
const AFTER: &str = "\
TRAIT           IMPLEMENTATION                                    MODE                 METHOD    ENTRY                    CALL SITES
report::Active  report::Keyed                                     out-of-line          encode    patched                  none
                                                                                       name      patched                  none
                                                                                       describe  cold: virtual call       none
report::Bare    static_call::handle::Initial<dyn report::Bare>    portable
report::Sealed  static_call::handle::Initial<dyn report::Sealed>  out-of-line, sealed  count     patched                  none
report::Unused  static_call::handle::Initial<dyn report::Unused>  portable             loop      unpatched: not used yet  none";

#[cfg(feature = "portable")]
const BEFORE: &str = "\
TRAIT           IMPLEMENTATION                                    MODE      METHOD    ENTRY                              CALL SITES
report::Active  report::Plain                                     portable  encode    unpatched: this build is portable  none
                                                                            name      unpatched: this build is portable  none
                                                                            describe  cold: virtual call                 none
report::Bare    static_call::handle::Initial<dyn report::Bare>    portable
report::Sealed  static_call::handle::Initial<dyn report::Sealed>  portable  count     unpatched: this build is portable  none
report::Unused  static_call::handle::Initial<dyn report::Unused>  portable  loop      unpatched: this build is portable  none";

#[cfg(feature = "portable")]
const AFTER: &str = "\
TRAIT           IMPLEMENTATION                                    MODE              METHOD    ENTRY                              CALL SITES
report::Active  report::Keyed                                     portable          encode    unpatched: this build is portable  none
                                                                                    name      unpatched: this build is portable  none
                                                                                    describe  cold: virtual call                 none
report::Bare    static_call::handle::Initial<dyn report::Bare>    portable
report::Sealed  static_call::handle::Initial<dyn report::Sealed>  portable, sealed  count     unpatched: this build is portable  none
report::Unused  static_call::handle::Initial<dyn report::Unused>  portable          loop      unpatched: this build is portable  none";

fn text() -> String {
    let text = static_call::report().to_string();
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn methods(row: &TraitReport) -> Vec<&'static str> {
    row.methods().iter().map(|method| method.name()).collect()
}

#[test]
fn a_report_is_a_table_of_traits_and_their_methods() {
    assert_eq!(text(), BEFORE);
    // Asking does not use a trait.
    assert_eq!(text(), BEFORE);
    assert_eq!(static_call::report().windows().count(), 0);

    assert_eq!(ACTIVE.encode("abc"), b"abc");
    static_call::update::<dyn Active>(&Keyed(1)).unwrap();
    assert_eq!(ACTIVE.encode("abc"), b"`cb");
    assert_eq!(<Static<dyn Active>>::name(3), "keyed 3");
    assert_eq!(ACTIVE.describe(), "active");
    static_call::seal::<dyn Sealed>();
    assert_eq!(SEALED.count("abc"), 0);
    assert_eq!(text(), AFTER);

    let windows = static_call::report().windows();
    // The first use, the update, and the seal; what has no methods, or is not used, is not written.
    let count = if cfg!(feature = "portable") { 0 } else { 3 };
    assert_eq!(windows.count(), count);
    assert!(windows.longest() <= windows.total());
    assert_eq!(windows.total().is_zero(), count == 0);
    assert!(static_call::update::<dyn Sealed>(&Counted).is_err());
    assert_eq!(static_call::report().windows(), windows);

    let report = static_call::report();
    let [active, bare, sealed, unused] = report.traits() else {
        panic!("{report:?}")
    };
    let names = report.traits().iter().map(TraitReport::name);
    assert!(names.eq([
        "report::Active",
        "report::Bare",
        "report::Sealed",
        "report::Unused"
    ]));
    let is_sealed = report.traits().iter().map(TraitReport::is_sealed);
    assert!(is_sealed.eq([false, false, true, false]));
    assert_eq!(active.implementation(), "report::Keyed");
    assert_eq!(methods(active), ["encode", "name", "describe"]);
    assert_eq!(methods(bare), [""; 0]);
    assert_eq!(methods(sealed), ["count"]);
    assert_eq!(methods(unused), ["loop"]);
    assert!(matches!(active.methods()[2].state(), MethodState::Cold));

    let mode = [active, bare, sealed, unused].map(TraitReport::mode);
    let first = active.methods()[0].state();
    let untouched = unused.methods()[0].state();
    if cfg!(feature = "portable") {
        assert_eq!(mode, [Mode::Portable; 4]);
        assert!(matches!(first, MethodState::Unpatched(Reason::Portable)));
        assert!(matches!(
            untouched,
            MethodState::Unpatched(Reason::Portable)
        ));
    } else {
        let patched = Mode::OutOfLine;
        assert_eq!(mode, [patched, Mode::Portable, patched, Mode::Portable]);
        assert!(matches!(first, MethodState::Patched));
        assert!(matches!(untouched, MethodState::Unpatched(Reason::Unused)));
    }

    static_call::update::<dyn Unused>(&Plain).unwrap();
    assert_eq!(UNUSED.r#loop(3), 4);
    let report = static_call::report();
    let unused = report.traits().last().unwrap();
    assert_eq!(unused.implementation(), "report::Plain");
    let sites = unused.methods()[0].call_sites();
    assert_eq!((sites.patched(), sites.at_the_entry()), (sites.count(), 0));
    if cfg!(all(
        target_arch = "x86_64",
        not(any(feature = "portable", feature = "out-of-line"))
    )) {
        assert_eq!(unused.mode(), Mode::Inline);
        assert!(sites.count() > 0);
        let expected = format!("{0} of {0} patched", sites.count());
        assert!(text().ends_with(&expected), "{}", text());
    } else {
        assert_eq!(unused.mode(), mode[0]);
        assert_eq!(sites.count(), 0);
    }
}
