//! A program to be run under tools that look at its code or change it: see `ci/hostile`.
//!
//! ```text
//! tools calls         # makes calls and updates, and tells whether they are patched
//! tools breakpoints   # the same while a debugger sets breakpoints and deletes them
//! ```
#![allow(unsafe_code)]

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(feature = "portable")))]
fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("calls") => program::calls(),
        Some("breakpoints") => program::breakpoints(),
        _ => panic!("usage: tools calls|breakpoints"),
    }
    println!("all calls were right");
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(feature = "portable"))))]
fn main() {}

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(feature = "portable")))]
mod program {
    use std::hint::black_box;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread;

    use static_call::{Devirt, Error, MethodState, static_dispatch};
    use static_call_tests::{path, route};

    static TWO: Gain = Gain(2);
    static THREE: Gain = Gain(3);

    struct Zero;

    struct Gain(u64);

    /// How many places are patched, and how many are not.
    type Counts = (usize, usize);

    /// A trait, and a function that calls its method.
    macro_rules! subject {
        ($name:ident $(, $option:tt)?) => {
            mod $name {
                use super::*;

                #[static_dispatch(default = Zero $(, $option)?)]
                pub(super) trait Number: Sync {
                    fn number(&self, x: u64) -> u64;
                }

                impl Number for Zero {
                    #[inline(never)]
                    fn number(&self, x: u64) -> u64 {
                        x
                    }
                }

                impl Number for Gain {
                    #[inline(never)]
                    fn number(&self, x: u64) -> u64 {
                        self.0 * x
                    }
                }

                #[inline(never)]
                pub(super) fn call(x: u64) -> u64 {
                    static_call::Static::<dyn Number>::new().number(x) ^ 1
                }

                pub(super) fn update(implementation: &'static dyn Number) -> Result<Counts, Error> {
                    let change = static_call::update(implementation)?;
                    assert!(change.warning().is_none(), "{change:?}");
                    Ok((change.patched(), change.unpatched()))
                }
            }
        };
    }

    subject!(plain);
    subject!(entry_early, out_of_line);
    subject!(entry_late, out_of_line);
    subject!(site_early);
    subject!(site_late);

    #[static_dispatch(devirt, inline(Gain))]
    trait Object {
        fn tell(&self) -> u64;
    }

    impl Object for Gain {
        fn tell(&self) -> u64 {
            self.0
        }
    }

    impl Object for u64 {
        fn tell(&self) -> u64 {
            *self
        }
    }

    /// A call that learns, and is numbered, bypassed and made to compare again.
    #[inline(never)]
    fn tell(object: &dyn Object) -> u64 {
        Devirt::new(object).tell()
    }

    pub(super) fn calls() {
        const UPDATES: u64 = 200;

        assert_eq!(plain::call(5), 5 ^ 1);
        let stop = AtomicBool::new(false);
        let mut counts = (0, 0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let answer = plain::call(5) ^ 1;
                        assert!([5, 10, 15].contains(&answer), "{answer}");
                        thread::yield_now();
                    }
                });
            }
            for round in 0..UPDATES {
                let (gain, implementation): (_, &'static dyn plain::Number) = match round % 3 {
                    0 => (2, &TWO),
                    1 => (3, &THREE),
                    _ => (1, &Zero),
                };
                counts = plain::update(implementation).expect("nothing refuses");
                let answer = plain::call(5);
                assert_eq!(answer, (gain * 5) ^ 1, "after {round} updates");
                if round % 50 == 0 {
                    static_call::relearn();
                }
                for object in [&TWO as &dyn Object, &7_u64] {
                    (0..20).for_each(|_| assert_eq!(tell(object), object.tell()));
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        match counts {
            (3, 0) => println!("all is patched"),
            counts => println!(
                "patched and unpatched: {counts:?}\n{}",
                static_call::report()
            ),
        }
    }

    /// Where the debugger is to set a breakpoint; 0 if it is to delete the one that it has set.
    // SAFETY: nothing else has this name.
    #[unsafe(no_mangle)]
    static STATIC_CALL_PLACE: AtomicUsize = AtomicUsize::new(0);

    /// Where the debugger stops the program.
    // SAFETY: nothing else has this name.
    #[unsafe(no_mangle)]
    #[inline(never)]
    extern "C" fn static_call_checkpoint() {
        black_box(&STATIC_CALL_PLACE);
    }

    fn have_set(place: usize) {
        STATIC_CALL_PLACE.store(place, Ordering::Relaxed);
        static_call_checkpoint();
    }

    fn have_deleted() {
        have_set(0);
    }

    fn entry_of(caller: fn(u64) -> u64) -> usize {
        route::entry_of(caller as *const ()).addr()
    }

    /// The instruction in the caller that holds an address.
    fn site_of(caller: fn(u64) -> u64) -> usize {
        let sites = path::call_sites(caller as *const ());
        let mut sites = sites.iter().filter(|(_, length)| *length == 8);
        sites.next().expect("the call has one").0
    }

    fn states(name: &str) -> Vec<MethodState> {
        let report = static_call::report();
        let mut rows = report.traits().iter();
        let row = rows.find(|row| row.name().ends_with(name));
        let methods = row.expect("the trait is known").methods().iter();
        methods.map(|method| method.state().clone()).collect()
    }

    /// A place with a breakpoint at the first use is left alone, for ever; the rest is patched.
    macro_rules! early {
        ($name:ident, $place:expr, $counts:expr) => {
            have_set($place);
            assert_eq!(
                $name::update(&TWO).expect("nothing else is changed"),
                $counts
            );
            assert_eq!($name::call(5), 10 ^ 1);
            have_deleted();
            assert_eq!($name::call(5), 10 ^ 1);
            assert_eq!($name::update(&THREE).expect("nothing is changed"), $counts);
            assert_eq!($name::call(5), 15 ^ 1);
        };
    }

    /// An update that finds a breakpoint changes nothing, and says so; without it the next one is like any other.
    macro_rules! late {
        ($name:ident, $place:expr, $counts:expr) => {
            let place = $place;
            assert_eq!(
                $name::update(&TWO).expect("nothing is changed yet"),
                $counts
            );
            have_set(place);
            assert_eq!($name::call(5), 10 ^ 1);
            for _ in 0..2 {
                match $name::update(&Zero) {
                    Err(Error::Changed { address, .. }) => assert_eq!(address, place),
                    answer => panic!("{answer:?}"),
                }
                assert_eq!($name::call(5), 10 ^ 1);
                assert!(
                    matches!(
                        states(concat!(stringify!($name), "::Number"))[..],
                        [MethodState::Patched]
                    ),
                    "{}",
                    static_call::report()
                );
            }
            have_deleted();
            assert_eq!($name::call(5), 10 ^ 1);
            assert_eq!(
                $name::update(&Zero).expect("nothing is changed any more"),
                $counts
            );
            assert_eq!($name::call(5), 5 ^ 1);
        };
    }

    pub(super) fn breakpoints() {
        early!(entry_early, entry_of(entry_early::call), (0, 1));
        early!(site_early, site_of(site_early::call), (2, 0));
        late!(entry_late, entry_of(entry_late::call), (1, 0));
        late!(site_late, site_of(site_late::call), (3, 0));
    }
}
