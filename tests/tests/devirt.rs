//! Calls through `Devirt` do what calls of the trait object do, and learn. Each test has a trait of its own.
#![allow(unsafe_code)]

use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use static_call::{
    Devirt, DevirtReport, DevirtState, Learning, Relearner, Static, static_dispatch,
};
use static_call_tests::{PATCHES, child};

/// A trait, and types that implement it, of which the first two are listed.
macro_rules! shapes {
    ($name:ident: $($types:tt)*) => {
        shapes!($name, inline(Circle, Square): $($types)*);
    };
    ($name:ident, inline($($listed:ident),*): $($type:ident $factor:literal)*) => {
        #[allow(dead_code, reason = "not every test needs all of it")]
        mod $name {
            use super::*;

            #[static_dispatch(devirt, inline($($listed),*))]
            pub(crate) trait Shape {
                fn area(&self) -> u64;
                fn name(&self, suffix: &str) -> String;
                fn scale(&mut self, by: u64) -> u64;
            }

            $(
                #[derive(Clone)]
                pub(crate) struct $type(pub(crate) u64);

                impl Shape for $type {
                    fn area(&self) -> u64 {
                        self.0.wrapping_mul($factor)
                    }
                    fn name(&self, suffix: &str) -> String {
                        format!("{} {}{suffix}", stringify!($type), self.0)
                    }
                    fn scale(&mut self, by: u64) -> u64 {
                        self.0 = self.0.wrapping_mul(by).wrapping_add($factor);
                        self.0
                    }
                }
            )*

            pub(crate) type Shapes = Vec<Devirt<Box<dyn Shape>>>;

            /// A shape of the kind that has this number.
            pub(crate) fn shape(kind: usize, size: u64) -> Box<dyn Shape> {
                let kinds: &[fn(u64) -> Box<dyn Shape>] = &[$(|size| Box::new($type(size))),*];
                kinds[kind](size)
            }

            /// Many shapes of these kinds, in turn.
            pub(crate) fn shapes(kinds: &[usize]) -> Shapes {
                let kinds = kinds.iter().cycle().take(100);
                kinds.map(|kind| Devirt::new(shape(*kind, 2))).collect()
            }

            /// The one call of `area` that tests make which look at its state.
            #[inline(never)]
            pub(crate) fn area(shape: &Devirt<Box<dyn Shape>>) -> u64 {
                shape.area() ^ 1
            }

            fn total(shapes: &Shapes) -> u64 {
                shapes.iter().map(|shape| area(shape) ^ 1).sum()
            }

            /// Makes the call so many times.
            #[track_caller]
            pub(crate) fn call(shapes: &Shapes, times: usize) {
                let expected: u64 = shapes.iter().map(|shape| shape.as_inner().area()).sum();
                for _ in 0..times.div_ceil(shapes.len()) {
                    assert_eq!(total(shapes), expected);
                }
            }

            /// What the report says of the trait.
            pub(crate) fn reported<R>(look: impl FnOnce(&DevirtReport) -> R) -> R {
                let name = concat!(module_path!(), "::Shape");
                let report = static_call::report();
                let mut traits = report.devirt().iter();
                look(traits.find(|row| row.name() == name).expect("the trait is registered"))
            }

            /// The state of the calls of `area`, which is one, and its share of hits in the last sample.
            #[track_caller]
            pub(crate) fn state() -> (DevirtState, Option<f32>, u32) {
                reported(|row| {
                    let sites = row.sites().iter();
                    let mut sites = sites.filter(|site| site.method() == "area");
                    let site = sites.next().expect("the call was found");
                    assert!(sites.next().is_none(), "{row:?}");
                    assert_eq!(site.address().is_some(), PATCHES && cfg!(target_arch = "x86_64"));
                    (site.state(), site.hit_share(), site.patches())
                })
            }
        }
    };
}

/// All tests learn in the same way, in which little is enough, and patches do not have to wait. Those that make all traits
/// relearn have a process of their own.
fn learn_fast() -> Learning {
    let learning = Learning {
        misses: 64,
        sample: 32,
        patches_per_second: u32::MAX,
        ..Learning::default()
    };
    learning.set();
    learning
}

/// Other tests hold the lock of the patcher for moments, in which calls do not learn; so there are more calls than
/// learning needs.
const MANY: usize = 20_000;

shapes!(mixes: Circle 3 Square 5 Star 7 Line 11 Dot 13 Oval 17 Kite 19 Ring 23);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_mixes_are_as_of_the_trait_object(
        kinds in prop::collection::vec(0..8_usize, 1..9),
        steps in prop::collection::vec((0..8_usize, 0..6_usize, any::<u64>()), 1..600),
    ) {
        use mixes::{Shape, shape};

        learn_fast();
        let mut learning: Vec<_> = kinds.iter().map(|kind| Devirt::new(shape(*kind, 1))).collect();
        let mut plain: Vec<_> = kinds.iter().map(|kind| shape(*kind, 1)).collect();
        for (index, call, number) in steps {
            let index = index % kinds.len();
            let (learning, plain) = (&mut learning[index], &mut plain[index]);
            match call {
                0 => prop_assert_eq!(learning.area(), plain.area()),
                1 => prop_assert_eq!(learning.name("!"), plain.name("!")),
                2 => prop_assert_eq!(learning.scale(number), plain.scale(number)),
                3 => prop_assert_eq!(Shape::area(learning) ^ 1, plain.area() ^ 1),
                4 => prop_assert_eq!(generic(learning, number), generic_of_dyn(&mut **plain, number)),
                _ => prop_assert_eq!(format!("{}", learning.name("?")), plain.name("?")),
            }
        }
    }
}

fn generic(shape: &mut impl mixes::Shape, by: u64) -> (u64, u64) {
    (shape.scale(by), shape.area())
}

fn generic_of_dyn(shape: &mut dyn mixes::Shape, by: u64) -> (u64, u64) {
    (shape.scale(by), shape.area())
}

shapes!(phases: Circle 3 Square 5 Star 7 Line 11);

/// In a process of its own, because all traits relearn.
#[test]
fn a_call_settles_in_each_phase() {
    child::run(
        module_path!(),
        "a_call_settles_in_each_phase",
        &[],
        each_phase,
    );
}

fn each_phase() {
    use phases::{call, reported, shapes, state};

    learn_fast();
    let [circles, both, stars] = [&[0][..], &[0, 1, 1], &[2, 3, 2]].map(shapes);
    call(&circles, 1);
    // The first miss that meets no other test's patching makes the call known.
    while reported(|row| row.sites().is_empty()) {
        static_call::relearn();
        call(&circles, 1);
    }
    for listed in [&circles, &both] {
        call(listed, MANY);
        assert_eq!(state(), (DevirtState::Guarded, None, 0), "listed types hit");
    }

    call(&stars, MANY);
    let (now, hit_share, patches) = state();
    assert_eq!((now, hit_share), (DevirtState::Bypassed, Some(0.0)));
    assert_eq!(patches, 1);
    reported(|row| {
        let names: Vec<_> = row.unlisted().iter().map(|(name, _)| *name).collect();
        let [first, second] = names[..] else {
            panic!("{row:?}")
        };
        assert!(first.ends_with("phases::Star") && second.ends_with("phases::Line"));
    });
    let text = static_call::report().to_string();
    assert!(
        text.contains("to be listed: devirt::phases::Star"),
        "{text}"
    );

    // It is correct all the same, and stays as it is.
    call(&both, MANY);
    call(&stars, MANY);
    assert_eq!(state(), (now, hit_share, patches));
}

shapes!(in_code: Circle 3 Square 5 Star 7 Line 11);

#[cfg(target_arch = "x86_64")]
mod code {
    use iced_x86::{Code, Instruction};
    use static_call::DevirtReport;
    use static_call_tests::route::instruction;

    /// Where the call of `area` has its number.
    pub(crate) fn address(row: &DevirtReport) -> usize {
        let mut sites = row.sites().iter();
        let site = sites.find(|site| site.method() == "area");
        site.and_then(|site| site.address()).expect("it was found")
    }

    pub(crate) fn number(address: usize) -> u32 {
        let guard = instruction(address);
        assert_eq!(guard.code(), Code::Mov_r32_imm32, "{guard}");
        guard.immediate32()
    }

    /// The position of the instruction at this address.
    pub(crate) fn position(code: &[Instruction], address: usize) -> usize {
        let mut code = code.iter();
        code.position(|instruction| instruction.ip() as usize == address)
            .expect("it is in the function")
    }

    pub(crate) fn compares(code: &[Instruction]) -> usize {
        let compares = code.iter().filter(|instruction| {
            matches!(instruction.code(), Code::Cmp_r64_rm64 | Code::Cmp_rm64_r64)
        });
        compares.count()
    }
}

shapes!(of_many, inline(Circle, Square, Star): Circle 3 Square 5 Star 7 Line 11);

/// Where many types are listed, the number comes first, and no comparison if it says so.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_call_with_many_listed_types_does_not_compare_when_it_is_bypassed() {
    use code::{address, compares, number, position};
    use iced_x86::FlowControl;
    use of_many::{area, call, reported, shapes};
    use static_call_tests::path::whole;

    child::run(
        module_path!(),
        "a_call_with_many_listed_types_does_not_compare_when_it_is_bypassed",
        &[],
        || {
            if !PATCHES {
                return;
            }
            learn_fast();
            call(&shapes(&[0, 1, 2]), MANY);
            let address = reported(address);
            let code = whole(area as *const ());
            let (before, after) = code.split_at(position(&code, address));
            assert_eq!(compares(before), 0, "{code:#?}");
            let looks = after
                .iter()
                .position(|instruction| {
                    instruction.flow_control() == FlowControl::ConditionalBranch
                })
                .expect("it is looked at");
            assert_eq!(compares(&after[..looks]), 0, "{code:#?}");
            assert!(compares(&after[looks..]) >= 3, "{code:#?}");
            let guarded = number(address);
            call(&shapes(&[3]), MANY);
            assert_eq!(number(address), guarded | 1 << 31);
            call(&shapes(&[0, 1, 2, 3]), MANY);
        },
    );
}

/// The number in the code says which call it is, and in its highest bit whether it is bypassed.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_call_is_patched_where_it_stands() {
    use code::{address, compares, number, position};
    use iced_x86::Code;
    use in_code::{area, call, reported, shapes};
    use static_call_tests::path::whole;

    child::run(
        module_path!(),
        "a_call_is_patched_where_it_stands",
        &[],
        || {
            if !PATCHES {
                return;
            }
            learn_fast();
            call(&shapes(&[0, 1]), MANY);
            let address = reported(address);
            let guarded = number(address);
            assert!((1..1 << 30).contains(&guarded), "{guarded:#x}");

            // In the function, a vtable of each listed type is compared, and no instruction but the virtual call and
            // the call of what is out of line leaves it: the listed bodies are there. The number comes after that.
            let code = whole(area as *const ());
            let position = position(&code, address);
            // The end of a function that ends in a panic is not seen, so there may be some of the next.
            assert!(compares(&code[..position]) >= 2, "{code:#?}");
            // Out of line, another vtable of each is.
            let calls = code.iter().filter(|instruction| {
                matches!(instruction.code(), Code::Call_rel32_64 | Code::Jmp_rel32_64)
            });
            let mut called = calls.map(|call| whole(call.near_branch_target() as *const ()));
            assert!(called.any(|code| compares(&code) >= 2), "{code:#?}");
            // What is compared are the vtables of both listed types, once they are learned and after each sample.
            let learned = [0, 1].map(|kind| vtable(&*in_code::shape(kind, 2)).addr());
            let is_compared = |vtable: &usize| {
                let loads = code.iter().filter(|instruction| {
                    instruction.is_ip_rel_memory_operand()
                        && matches!(
                            instruction.code(),
                            Code::Cmp_r64_rm64 | Code::Cmp_rm64_r64 | Code::Mov_r64_rm64
                        )
                });
                let mut places = loads.map(|load| load.ip_rel_memory_address() as *const usize);
                // SAFETY: the code reads there, and nobody writes meanwhile.
                places.any(|place| unsafe { place.read() } == *vtable)
            };
            assert!(learned.iter().all(is_compared), "{code:#?}");
            call(&shapes(&[0, 1, 2]), MANY);
            assert!(in_code::state().1.is_some_and(|share| share > 0.5));
            assert!(learned.iter().all(is_compared), "{code:#?}");
            let virtual_calls = code.iter().filter(|instruction| {
                instruction.code() == Code::Call_rm64 && !instruction.is_ip_rel_memory_operand()
            });
            assert!(virtual_calls.count() >= 1, "{code:#?}");

            call(&shapes(&[2, 3]), MANY);
            assert_eq!(number(address), guarded | 1 << 31);
            // A call that is bypassed goes on comparing.
            assert!(learned.iter().all(is_compared), "{code:#?}");
            static_call::relearn();
            assert_eq!(number(address), guarded);
        },
    );
}

shapes!(relearnt: Circle 3 Square 5 Star 7);

#[test]
fn a_bypassed_call_is_counted_again_when_it_shall_relearn() {
    child::run(
        module_path!(),
        "a_bypassed_call_is_counted_again_when_it_shall_relearn",
        &[],
        || {
            use relearnt::{call, shapes, state};

            learn_fast();
            let [circles, stars] = [&[0][..], &[2]].map(shapes);
            for _ in 0..3 {
                call(&stars, MANY);
                assert_eq!(state().0, DevirtState::Bypassed);
                static_call::relearn();
                assert_eq!((state().0, state().1), (DevirtState::Guarded, None));
                let patches = state().2;
                call(&circles, MANY);
                assert_eq!(state(), (DevirtState::Guarded, None, patches));
            }
        },
    );
}

shapes!(examined: Circle 3 Square 5 Star 7);

#[test]
fn a_relearner_finds_calls_that_hit_again() {
    child::run(
        module_path!(),
        "a_relearner_finds_calls_that_hit_again",
        &[],
        || {
            use examined::{call, shapes, state};

            learn_fast();
            let [circles, stars] = [&[0][..], &[2]].map(shapes);
            let relearner = Relearner::spawn(Duration::from_millis(1)).unwrap();
            for _ in 0..3 {
                call(&stars, MANY);
                while state().0 != DevirtState::Bypassed {
                    call(&stars, 1);
                }
                while state().1 != Some(1.0) {
                    call(&circles, 1);
                }
                assert_eq!(state().0, DevirtState::Guarded);
            }
            drop(relearner);
            while state().0 != DevirtState::Bypassed {
                call(&stars, 1);
            }
            let settled = state();
            call(&circles, MANY);
            assert_eq!(state(), settled);
        },
    );
}

shapes!(shared: Circle 3 Square 5 Star 7 Line 11);

#[test]
fn a_call_that_hits_often_enough_is_not_bypassed() {
    use shared::{call, shapes, state};

    learn_fast();
    let half = shapes(&[0, 2, 1, 3]);
    call(&half, MANY);
    let (now, hit_share, patches) = state();
    assert_eq!(now, DevirtState::Guarded);
    let share = hit_share.expect("there were samples");
    assert!((0.4..=0.6).contains(&share), "{share}");
    assert_eq!(patches, 0, "a sample takes no patch");
}

shapes!(limited: Circle 3 Square 5 Star 7);

#[test]
fn a_call_is_not_bypassed_while_no_patches_are_allowed() {
    child::run(
        module_path!(),
        "a_call_is_not_bypassed_while_no_patches_are_allowed",
        &[],
        || {
            use limited::{call, shapes, state};

            let learning = learn_fast();
            let stars = shapes(&[2]);
            Learning {
                patches_per_second: 0,
                ..learning
            }
            .set();
            call(&stars, MANY);
            assert_eq!(state(), (DevirtState::Guarded, Some(0.0), 0));
            learning.set();
            call(&stars, MANY);
            assert_eq!(state(), (DevirtState::Bypassed, Some(0.0), 1));
        },
    );
}

shapes!(noticed: Circle 3 Square 5 Star 7 Line 11);

#[test]
fn a_call_settles_within_ten_thousand_calls_however_long_the_phase_before_was() {
    child::run(
        module_path!(),
        "a_call_settles_within_ten_thousand_calls_however_long_the_phase_before_was",
        &[],
        || {
            use noticed::{call, shapes, state};

            let [most, few] = [&[0, 1, 0, 1, 2][..], &[2, 3, 0, 2, 3]].map(shapes);
            for _ in 0..3 {
                call(&most, 1_000_000);
                let (now, hit_share, _) = state();
                let hit_share = hit_share.expect("there were samples");
                assert_eq!(now, DevirtState::Guarded);
                assert!((0.75..=0.85).contains(&hit_share), "{hit_share}");
                call(&few, 10_000);
                assert_eq!(state().0, DevirtState::Bypassed);
                static_call::relearn();
            }
        },
    );
}

shapes!(threaded: Circle 3 Square 5 Star 7 Line 11);

#[test]
fn threads_learn_from_the_same_call_at_once() {
    child::run(
        module_path!(),
        "threads_learn_from_the_same_call_at_once",
        &[],
        threads_learn,
    );
}

fn threads_learn() {
    use threaded::{call, shapes};

    learn_fast();
    let calls = if cfg!(target_arch = "aarch64") {
        MANY / 10
    } else {
        MANY
    };
    for _ in 0..5 {
        thread::scope(|scope| {
            for first in 0..4 {
                scope.spawn(move || {
                    for phase in 0..4 {
                        call(&shapes(&[first, (first + phase) % 4]), calls);
                    }
                });
            }
        });
        static_call::relearn();
    }
}

/// Without patching, calls compare for ever.
#[test]
fn without_patching_calls_compare_for_ever() {
    shapes!(unpatched: Circle 3 Square 5 Star 7);

    child::run(
        module_path!(),
        "without_patching_calls_compare_for_ever",
        &[("STATIC_CALL_PATCHING", "off")],
        || {
            use unpatched::{call, reported, shapes};

            learn_fast();
            for kinds in [&[0][..], &[2], &[0, 1, 2]] {
                call(&shapes(kinds), MANY);
            }
            if PATCHES && cfg!(target_arch = "x86_64") {
                assert!(reported(|row| row.sites().is_empty()));
            }
        },
    );
}

/// The address of an object's vtable, the second of the two words of a pointer to it.
fn vtable<D: ?Sized>(object: &D) -> *const [usize; 5] {
    const {
        assert!(size_of::<&D>() == size_of::<[usize; 2]>());
    }
    // SAFETY: a pointer to a trait object has two words, of which the second is the vtable's address.
    let words: [*const [usize; 5]; 2] = unsafe { std::mem::transmute_copy(&object) };
    words[1]
}

/// A type has as many vtables as there are codegen units that make objects of it.
#[test]
fn objects_that_were_made_elsewhere_hit_too() {
    use static_call_tests::foreign_objects::{
        Doubled, Multiple, Squared, Tripled, call_there, made_there,
    };

    #[inline(never)]
    fn made_here(size: u64) -> [Box<dyn Multiple>; 3] {
        [
            Box::new(Doubled(size)),
            Box::new(Tripled(size)),
            Box::new(Squared(size)),
        ]
    }

    #[inline(never)]
    fn call_here(object: &Devirt<Box<dyn Multiple>>) -> u64 {
        object.multiple() ^ 2
    }

    child::run(
        module_path!(),
        "objects_that_were_made_elsewhere_hit_too",
        &[],
        || {
            learn_fast();
            for (here, there) in made_here(5).iter().zip(&made_there(5)) {
                let [here, there] = [here, there].map(|object| vtable(&**object));
                assert!(!std::ptr::eq(here, there), "this proves nothing");
            }
            for listed in [2, 3] {
                for _ in 0..MANY {
                    let objects = made_here(5).into_iter().zip(made_there(6));
                    for (here, there) in objects.take(listed) {
                        let expected = [here.multiple(), there.multiple()];
                        for (object, expected) in
                            [here, there].map(Devirt::new).iter().zip(expected)
                        {
                            assert_eq!(call_here(object), expected ^ 2);
                            assert_eq!(call_there(object), expected ^ 1);
                        }
                    }
                }
                let report = static_call::report();
                let mut traits = report.devirt().iter();
                let described = traits
                    .find(|row| row.name().ends_with("foreign_objects::Multiple"))
                    .expect("the trait is registered");
                assert!(!described.sites().is_empty());
                // Other tests have calls of this trait as well, which are not made here.
                let shares: Vec<_> = described
                    .sites()
                    .iter()
                    .inspect(|site| assert_eq!(site.state(), DevirtState::Guarded))
                    .filter_map(|site| site.hit_share())
                    .collect();
                if listed == 2 {
                    assert_eq!(shares, [], "nothing is missed: {described:?}");
                } else {
                    // Two of three hit. On AArch64 the two calls are one.
                    assert!((1..=2).contains(&shares.len()), "{described:?}");
                    let expected = |share| (0.6..=0.76).contains(share);
                    assert!(shares.iter().all(expected), "{described:?}");
                }
            }
        },
    );
}

#[static_dispatch(devirt, inline(Single))]
trait Copied {
    /// Whether it was called virtually.
    fn is_virtual(&self) -> bool;
}

struct Single(u64);

impl Copied for Single {
    /// A vtable has a function in the place of this one that calls it from here.
    #[track_caller]
    fn is_virtual(&self) -> bool {
        assert_eq!(self.0, 5);
        let lines = line!() - 4..line!();
        lines.contains(&Location::caller().line())
    }
}

#[test]
fn calls_compare_with_the_vtables_that_they_met_last() {
    #[inline(never)]
    fn is_virtual(object: &Devirt<&dyn Copied>) -> bool {
        object.is_virtual()
    }

    /// The state of the call, and its share of hits.
    fn state() -> (DevirtState, Option<f32>) {
        let report = static_call::report();
        let mut traits = report.devirt().iter();
        let described = traits
            .find(|row| row.name() == "devirt::Copied")
            .expect("the trait is registered");
        let site = described.sites().first().expect("the call was found");
        (site.state(), site.hit_share())
    }

    child::run(
        module_path!(),
        "calls_compare_with_the_vtables_that_they_met_last",
        &[],
        || {
            learn_fast();
            let single = Single(5);
            let own: &dyn Copied = &single;
            // What drops it, its size and alignment, the hidden method, and `is_virtual`.
            // SAFETY: the vtable has five words.
            let words = unsafe { vtable(own).read() };
            let copies: Vec<Devirt<&dyn Copied>> = (0..4)
                .map(|_| {
                    let vtable: *const [usize; 5] = Box::leak(Box::new(words));
                    // SAFETY: the vtable is one of this type.
                    Devirt::new(unsafe {
                        std::mem::transmute::<(*const Single, *const [usize; 5]), &dyn Copied>((
                            &raw const single,
                            vtable,
                        ))
                    })
                })
                .collect();
            let call = |objects: &[Devirt<&dyn Copied>]| {
                for object in objects.iter().cycle().take(MANY) {
                    is_virtual(object);
                }
            };
            let all_are_virtual = |expected, objects: &[Devirt<&dyn Copied>]| {
                let mut calls = objects.iter().cycle().take(100);
                calls.all(|object| is_virtual(object) == expected)
            };
            assert!(
                own.is_virtual() && !single.is_virtual(),
                "this proves nothing"
            );
            call(&copies[..2]);
            assert_eq!(state(), (DevirtState::Guarded, None));
            // One is compared with where the call stands, the other out of line.
            assert!(all_are_virtual(false, &copies[..2]));
            assert!(all_are_virtual(true, &copies[2..3]));
            call(&copies[..3]);
            let (now, hit_share) = state();
            let hit_share = hit_share.expect("one of three misses");
            assert_eq!(now, DevirtState::Guarded);
            assert!((0.6..=0.7).contains(&hit_share), "{hit_share}");
            call(&copies[2..]);
            assert_eq!(state(), (DevirtState::Guarded, Some(1.0)));
        },
    );
}

#[test]
fn the_report_says_where_a_call_stands_in_the_source() {
    #[static_dispatch(devirt, inline(Here))]
    trait Place {
        fn line(&self) -> u32;
    }

    struct Here;
    struct There;

    impl Place for Here {
        fn line(&self) -> u32 {
            line!()
        }
    }

    impl Place for There {
        fn line(&self) -> u32 {
            line!()
        }
    }

    #[inline(never)]
    fn call(object: &Devirt<&dyn Place>) -> (u32, u32) {
        (object.line() ^ 1, line!())
    }

    let object = Devirt::new(&There as &dyn Place);
    let location = loop {
        let report = static_call::report();
        let is_this = |row: &&DevirtReport| row.name() == "devirt::Place";
        let mut traits = report.devirt().iter();
        let row = traits.find(is_this).expect("the trait is registered");
        // The first miss that meets no other test's patching makes the call known.
        if let Some(site) = row.sites().first() {
            break site.location();
        }
        call(&object);
    };
    if cfg!(target_arch = "x86_64") && PATCHES {
        let location = location.expect("tests have line tables");
        assert!(location.file().ends_with("tests/devirt.rs"), "{location}");
        assert_eq!(location.line(), call(&object).1);
    } else {
        assert_eq!(location, None);
    }
}

#[test]
fn owned_objects_of_a_listed_type_are_given_one_vtable() {
    use static_call_tests::foreign_objects::{Doubled, Multiple, Squared, made_there};

    fn same(here: &dyn Multiple, there: &dyn Multiple) -> bool {
        std::ptr::eq(vtable(here), vtable(there))
    }

    fn made(number: usize) -> Box<dyn Multiple> {
        let mut objects = made_there(3).into_iter();
        objects.nth(number).expect("there are three")
    }

    macro_rules! given_one {
        ($owner:ty, $here:expr, $there:expr) => {
            let [here, there]: [$owner; 2] = [$here, $there];
            assert!(!same(&*here, &*there), "this proves nothing");
            let [here, there] = [here, there].map(Devirt::from);
            assert!(same(&**here.as_inner(), &**there.as_inner()));
            assert_eq!([here, there].map(|object| object.multiple()), [6, 6]);
        };
    }

    given_one!(Box<dyn Multiple>, Box::new(Doubled(3)), made(0));
    given_one!(Rc<dyn Multiple>, Rc::new(Doubled(3)), made(0).into());
    given_one!(Arc<dyn Multiple>, Arc::new(Doubled(3)), made(0).into());
    given_one!(Pin<Box<dyn Multiple>>, Box::pin(Doubled(3)), made(0).into());
    // SAFETY: the object is not moved any more.
    let pinned = unsafe { Pin::new_unchecked(Rc::from(made(0))) };
    given_one!(Pin<Rc<dyn Multiple>>, Rc::pin(Doubled(3)), pinned);
    // SAFETY: the object is not moved any more.
    let pinned = unsafe { Pin::new_unchecked(Arc::from(made(0))) };
    given_one!(Pin<Arc<dyn Multiple>>, Arc::pin(Doubled(3)), pinned);

    // What is borrowed, not listed, or wrapped by `new` stays as it is.
    macro_rules! kept {
        ($object:ty, $wrap:path, $here:expr, $there:expr) => {
            let [here, there]: [$object; 2] = [$here, $there];
            let [here, there] = [here, there].map($wrap);
            assert!(!same(&**here.as_inner(), &**there.as_inner()));
        };
    }

    kept!(&dyn Multiple, Devirt::from, &Doubled(3), &*made(0));
    kept!(
        Box<dyn Multiple>,
        Devirt::from,
        Box::new(Squared(3)),
        made(2)
    );
    kept!(
        Box<dyn Multiple>,
        Devirt::new,
        Box::new(Doubled(3)),
        made(0)
    );
    // So does what is owned by a pointer that this crate knows nothing of, though it is in memory what a `Box` is.
    let [here, there] = [Own(Box::new(Doubled(3)) as Box<dyn Multiple>), Own(made(0))];
    assert_eq!(size_of_val(&here), size_of::<Box<dyn Multiple>>());
    kept!(Own<dyn Multiple>, Devirt::from, here, there);
}

/// A pointer of our own.
struct Own<T: ?Sized>(Box<T>);

impl<T: ?Sized> Deref for Own<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> DerefMut for Own<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[static_dispatch(devirt, inline(Listed))]
trait Number {
    fn number(&self) -> u64;
}

#[static_dispatch(devirt, inline(Listed))]
trait Step {
    fn step(&mut self) -> u64;
}

#[derive(Debug, Clone, Copy)]
struct Listed(u64);

#[derive(Debug, Clone, Copy)]
struct Other(u64);

macro_rules! numbers {
    ($($type:ident $factor:literal)*) => {
        $(
            impl Number for $type {
                fn number(&self) -> u64 {
                    self.0 * $factor
                }
            }

            impl Step for $type {
                fn step(&mut self) -> u64 {
                    self.0 += $factor;
                    self.0
                }
            }
        )*
    };
}

numbers!(Listed 3 Other 5);

#[test]
fn every_pointer_is_accepted() {
    fn check(number: impl Number, expected: u64) {
        for _ in 0..3 {
            assert_eq!(number.number(), expected);
        }
    }

    fn check_step(mut step: impl Step, first: u64, by: u64) {
        for times in 1..4 {
            assert_eq!(step.step(), first + times * by);
        }
    }

    macro_rules! pointers {
        ($value:expr, $factor:literal) => {
            let mut value = $value;
            let expected = value.0 * $factor;
            check(Devirt::new(&value as &dyn Number), expected);
            check(Devirt::new(&value as &(dyn Number + Send + Sync)), expected);
            check(Devirt::new(&mut value as &mut dyn Number), expected);
            check(Devirt::from(Box::new(value) as Box<dyn Number>), expected);
            check(
                Devirt::new(Box::new(value) as Box<dyn Number + Send>),
                expected,
            );
            check(Devirt::new(Rc::new(value) as Rc<dyn Number>), expected);
            check(
                Devirt::new(Arc::new(value) as Arc<dyn Number + Sync>),
                expected,
            );
            check(
                Devirt::new(Box::pin(value) as Pin<Box<dyn Number>>),
                expected,
            );
            check(
                Devirt::new(Own(Box::new(value) as Box<dyn Number>)),
                expected,
            );
            check_step(
                Devirt::new(&mut value.clone() as &mut dyn Step),
                value.0,
                $factor,
            );
            check_step(
                Devirt::new(Box::new(value) as Box<dyn Step>),
                value.0,
                $factor,
            );
            check_step(
                Devirt::new(Box::new(value) as Box<dyn Step + Send>),
                value.0,
                $factor,
            );
            check_step(
                Devirt::new(Own(Box::new(value) as Box<dyn Step>)),
                value.0,
                $factor,
            );
        };
    }

    pointers!(Listed(7), 3);
    pointers!(Other(7), 5);
    // A `Devirt` is an implementation too, of a type that is not listed.
    let inner: Box<dyn Number> = Box::new(Listed(2));
    check(Devirt::new(&Devirt::new(inner) as &dyn Number), 6);
}

#[test]
fn a_devirt_is_its_pointer() {
    assert_eq!(size_of::<Devirt<&dyn Number>>(), size_of::<&dyn Number>());
    let mut number = Devirt::new(Box::new(Listed(1)) as Box<dyn Number>);
    *number.as_inner_mut() = Box::new(Other(1));
    assert_eq!(number.as_inner().number(), 5);
    assert_eq!(number.into_inner().number(), 5);
    let copied = Devirt::new(&Listed(2) as &dyn Number);
    let copy = copied;
    assert_eq!((copied.number(), copy.number()), (6, 6));
}

/// Different traits of one number, and types without size, of alike code, generic and listed.
#[allow(clippy::needless_arbitrary_self_type, reason = "it is accepted")]
#[static_dispatch(devirt, inline(Empty, Twin<1>, Twin<2>, Text<'static>))]
trait Odd: Debug + Display {
    fn number(&self, x: u64) -> u64;
    fn text(&self) -> String {
        format!("{self} {self:?}")
    }
    #[static_dispatch(cold)]
    fn cold(&self) -> u64 {
        self.number(1)
    }
    /// # Safety
    ///
    /// - `x` is 7.
    unsafe fn seven(&self, x: u64) -> u64;
    extern "C" fn foreign(self: &Self, x: u64, y: f64) -> f64;
    fn borrowed<'a>(&'a self, other: &'a str) -> &'a str;
    fn by_type<T>(&self, value: T) -> T
    where
        Self: Sized,
    {
        value
    }
    fn none() -> u64
    where
        Self: Sized,
    {
        9
    }
}

#[derive(Debug)]
struct Empty;
#[derive(Debug)]
struct Twin<const NUMBER: u64>(u64);
#[derive(Debug)]
struct Text<'a>(&'a str);
#[derive(Debug)]
struct Loose<T>(PhantomData<T>);

macro_rules! odd {
    ([$($generics:tt)*] $type:ty, |$this:ident| $number:expr, $text:expr) => {
        impl<$($generics)*> Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("odd")
            }
        }

        impl<$($generics)*> Odd for $type {
            fn number(&self, x: u64) -> u64 {
                let $this = self;
                let _ = $this;
                x + $number
            }
            unsafe fn seven(&self, x: u64) -> u64 {
                let $this = self;
                let _ = $this;
                x * $number
            }
            extern "C" fn foreign(&self, x: u64, y: f64) -> f64 {
                let $this = self;
                let _ = $this;
                (x + $number) as f64 + y
            }
            fn borrowed<'a>(&'a self, other: &'a str) -> &'a str {
                let $this = self;
                let _ = $this;
                let own: &'a str = $text;
                if own.len() > other.len() { own } else { other }
            }
        }
    };
}

odd!([] Empty, |_this| 1, "e");
odd!([const NUMBER: u64] Twin<NUMBER>, |this| this.0, "twin");
odd!(['b] Text<'b>, |this| this.0.len() as u64, this.0);
odd!([T: Debug] Loose<T>, |_this| size_of::<T>() as u64, "loose");

#[test]
fn traits_and_types_of_every_kind_are_called_as_ever() {
    let text = String::from("some text");
    let objects: [&dyn Odd; 6] = [
        &Empty,
        &Twin::<1>(5),
        &Twin::<2>(5),
        &Text(&text),
        &Loose::<u16>(PhantomData),
        &Loose::<u32>(PhantomData),
    ];
    for _ in 0..3 {
        for object in objects {
            let devirt = Devirt::new(object);
            assert_eq!(devirt.number(3), object.number(3));
            assert_eq!(devirt.text(), object.text());
            assert_eq!(devirt.cold(), object.cold());
            // SAFETY: it is 7.
            let seven = unsafe { devirt.seven(7) };
            // SAFETY: it is 7.
            assert_eq!(seven, unsafe { object.seven(7) });
            assert_eq!(devirt.foreign(1, 0.5), object.foreign(1, 0.5));
            assert_eq!(devirt.borrowed("abc"), object.borrowed("abc"));
            assert_eq!(
                format!("{devirt} {devirt:?}"),
                format!("{object} {object:?}")
            );
            assert_eq!(devirt.by_type(5), 5);
        }
    }
    assert_eq!(<Devirt<&dyn Odd>>::none(), 9);
}

/// For static calls, and for many receivers.
#[static_dispatch(devirt, default = Empty, inline(Listed))]
trait Both: Sync {
    fn both(&self) -> u64;
}

impl Both for Empty {
    fn both(&self) -> u64 {
        1
    }
}

impl Both for Listed {
    fn both(&self) -> u64 {
        self.0
    }
}

impl Both for Other {
    fn both(&self) -> u64 {
        self.0 + 1
    }
}

#[test]
fn a_trait_may_have_static_calls_besides() {
    static OTHER: Other = Other(5);

    let handle = Static::<dyn Both>::new();
    assert_eq!(handle.both(), 1);
    static_call::update::<dyn Both>(&OTHER).unwrap();
    assert_eq!(handle.both(), 6);
    let objects: [Devirt<&dyn Both>; 4] =
        [&Empty as &dyn Both, &Listed(2), &OTHER, &handle].map(Devirt::new);
    assert_eq!(objects.map(|object| object.both()), [1, 2, 6, 6]);
}

/// Its objects are borrowed from nothing.
#[static_dispatch(devirt, inline(Listed))]
trait Lasting: Debug + 'static {
    fn lasting(&mut self) -> u64;
}

impl Lasting for Listed {
    fn lasting(&mut self) -> u64 {
        self.0
    }
}

impl Lasting for Other {
    fn lasting(&mut self) -> u64 {
        self.0 + 1
    }
}

#[test]
fn a_trait_may_demand_that_its_objects_last_for_ever() {
    let objects: [Box<dyn Lasting>; 2] = [Box::new(Listed(1)), Box::new(Other(1))];
    let values = objects.map(|object| Devirt::new(object).lasting());
    assert_eq!(values, [1, 2]);
}
