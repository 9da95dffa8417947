//! Calls of sources, which change them; sources come from every crate too.

use middle::objects::{drain_below, mixer, steps};
use static_call::Devirt;
use traits::Three;
use traits::source::{BoxedSource, Counter, Mixer, Source, Steps, counter, drain, drain_here};

use crate::learning::{self, ELSEWHERE, IN_TRAITS};

pub(crate) fn check() {
    check_calls(IN_TRAITS, &|sources| drain_here(sources, 63), &|source| {
        drain(source, 63)
    });
    check_calls(
        ELSEWHERE,
        &|sources| sources.iter_mut().map(|source| drain(source, 7)).sum(),
        &|source| drain(source, 7),
    );
    check_calls(
        ELSEWHERE,
        &|sources| {
            let sources = sources.iter_mut();
            sources.map(|source| drain_below(source, 9)).sum()
        },
        &|source| drain_below(source, 9),
    );
}

/// Checks that calls do what those of the plain trait objects do, which change in step, and what they learn.
fn check_calls(
    are_in_table: bool,
    learning: &dyn Fn(&mut [BoxedSource]) -> u64,
    plain: &dyn Fn(&mut dyn Source) -> u64,
) {
    let mut sources = [unlisted(), listed()].map(|sources| sources.map(Devirt::new));
    let mut objects = [unlisted(), listed()];
    let mut call = |are_listed| {
        let index = usize::from(are_listed);
        let expected = objects[index].iter_mut().map(|object| plain(&mut **object));
        assert_eq!(learning(&mut sources[index]), expected.sum());
    };
    let methods = ["next", "total"];
    learning::check("traits::source::Source", are_in_table, &methods, &mut call);
}

/// Those of listed types, each from two crates, as a call compares with two vtables of a type.
fn listed() -> [Box<dyn Source>; 5] {
    [
        counter(1),
        counter_of_program(20),
        steps(300),
        steps_of_program(4000),
        counter(5),
    ]
}

fn unlisted() -> [Box<dyn Source>; 5] {
    [
        mixer(1),
        mixer_of_program(20),
        mixer(300),
        mixer_of_program(4000),
        mixer(5),
    ]
}

#[inline(never)]
fn counter_of_program(start: u64) -> Box<dyn Source> {
    Box::new(Counter(start))
}

#[inline(never)]
fn steps_of_program(start: u64) -> Box<dyn Source> {
    Box::new(Steps::<Three>::new(start))
}

#[inline(never)]
fn mixer_of_program(seed: u64) -> Box<dyn Source> {
    Box::new(Mixer(seed))
}
