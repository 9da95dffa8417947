//! Generated code names the library as `crate = path` says: here the name `static_call` is another
//! crate's.

extern crate core as static_call;
extern crate static_call as renamed;

use renamed::{Static, static_dispatch};

struct Unit;

struct Stateful(u64);

#[static_dispatch(crate = renamed, default = Unit)]
trait Direct: Sync {
    fn number(&self) -> u64;
    fn free(text: &str) -> &str
    where
        Self: Sized;
    #[static_dispatch(cold)]
    fn cold(&self) -> u64;
}

impl Direct for Unit {
    fn number(&self) -> u64 {
        1
    }
    fn free(text: &str) -> &str {
        text
    }
    fn cold(&self) -> u64 {
        2
    }
}

impl Direct for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
    fn free(_: &str) -> &str {
        "stateful"
    }
    fn cold(&self) -> u64 {
        self.0 + 1
    }
}

mod facade {
    pub(crate) mod nested {
        pub(crate) use ::renamed::*;
    }
}

#[static_dispatch(noop, crate = crate::facade::nested)]
trait ThroughModules: Sync {
    fn number(&self) -> u64;
}

#[renamed::static_dispatch(crate = ::renamed)]
trait Global: Sync {
    fn number(&self) -> u64;
}

impl Global for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
}

#[test]
fn a_renamed_library() {
    let direct = Static::<dyn Direct>::new();
    let all = || {
        (
            direct.number(),
            Static::<dyn Direct>::free("unit"),
            direct.cold(),
        )
    };
    assert_eq!(all(), (1, "unit", 2));
    let change = renamed::update::<dyn Direct>(&Stateful(5)).unwrap();
    assert_eq!(all(), (5, "stateful", 6));
    assert_eq!(change.patched() > 0, static_call_tests::PATCHES);

    assert_eq!(Static::<dyn ThroughModules>::new().number(), 0);
    renamed::update::<dyn Global>(&Stateful(7)).unwrap();
    assert_eq!(Static::<dyn Global>::new().number(), 7);
}
