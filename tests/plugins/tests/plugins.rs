//! Shared objects that are closed while something of theirs is in use.
//!
//! Each test loads copies of its own, as an object that was ever kept stays loaded.

#![allow(unsafe_code)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs, thread};

use libloading::Library;
use shared::{Load, Plain, Plugin, Shape, Shared, Square, area, call, current, report, update};
use static_call::{Devirt, MethodState};

/// How many places lead to an implementation, and how many do not: the two entries, and in the one function that calls
/// both methods two choices and two addresses.
const ALL: (usize, usize) = (6, 0);

/// One test at a time, as the trait is the same.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Copies a plugin, which cargo builds with this test as an example, under the name of a test.
fn copy(plugin: &str, test: &str) -> PathBuf {
    let executable = env::current_exe().expect("the executable has a path");
    let profile = executable.ancestors().nth(2);
    let profile = profile.expect("cargo puts tests into deps");
    let built = profile.join(format!("examples/lib{plugin}.so"));
    let copied = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{plugin}-{test}.so"));
    fs::copy(&built, &copied).unwrap_or_else(|error| {
        panic!(
            "{error}: build {} with `cargo build --examples` in `tests/plugins`",
            built.display()
        )
    });
    copied
}

fn load(path: &Path) -> Library {
    // SAFETY: loading it runs no code but the constructors of this library, which may run at any time.
    unsafe { Library::new(path) }.expect("the plugin can be loaded")
}

/// What a plugin has to offer, which is there as long as it is loaded.
fn plugin(library: &Library) -> Plugin {
    // SAFETY: the example defines it with this type, and is built by the same compiler from the same library as this
    // test.
    let plugin = unsafe { library.get::<Load>(b"plugin") };
    plugin.expect("the plugin has the function")()
}

/// The function of a plugin that calls its trait, which is there as long as that is loaded.
fn number(library: &Library) -> fn() -> u64 {
    // SAFETY: the example defines it with this type.
    let number = unsafe { library.get::<fn() -> u64>(b"number") };
    *number.expect("the plugin has the function")
}

fn is_loaded(path: &Path) -> bool {
    let maps = fs::read_to_string("/proc/self/maps").expect("the process has a map");
    let path = path.to_str().expect("the path is text");
    maps.lines().any(|line| line.ends_with(path))
}

/// Asserts that a plugin is there though it has been closed.
#[track_caller]
fn close(library: Library, path: &Path) {
    library.close().expect("it can be closed");
    assert!(is_loaded(path));
}

#[track_caller]
fn assert_calls(implementation: &dyn Shared) {
    let expected = (implementation.number(5), implementation.text(5));
    assert_eq!(call(5), expected);
}

/// Without this the other tests would prove nothing.
#[test]
fn a_plugin_that_was_not_used_is_unloaded() {
    let path = copy("implementations", "unused");
    let library = load(&path);
    let plugin = plugin(&library);
    assert!(is_loaded(&path));
    assert_eq!(plugin.keyed.number(5), 12);
    assert_eq!((plugin.shape)(2).area(), 12);
    library.close().expect("it can be closed");
    assert!(!is_loaded(&path));
}

#[test]
fn an_implementation_in_force_stays_when_its_plugin_is_closed() {
    let _turn = turn();
    for (test, get) in [
        ("plain", (|plugin| plugin.plain) as fn(&Plugin) -> _),
        ("keyed", |plugin| plugin.keyed),
    ] {
        // The plugin comes after the first use.
        update(&Plain);
        assert_calls(&Plain);

        let path = copy("implementations", test);
        let library = load(&path);
        let implementation: &'static dyn Shared = get(&plugin(&library));
        assert_eq!(update(implementation), ALL);
        close(library, &path);

        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let calling = scope.spawn(|| {
                let expected = [&Plain, implementation].map(|of| (of.number(5), of.text(5)));
                while !stop.load(Ordering::Relaxed) {
                    let (number, text) = call(5);
                    assert!(expected.iter().any(|expected| expected.0 == number));
                    assert!(expected.iter().any(|expected| expected.1 == text));
                }
            });
            for _ in 0..1000 {
                assert_calls(implementation);
                assert_eq!(update(&Plain), ALL);
                assert_calls(&Plain);
                assert_eq!(update(implementation), ALL);
            }
            stop.store(true, Ordering::Relaxed);
            calling.join().expect("all calls were right");
        });
        assert!(
            report().to_string().contains("implementations::"),
            "{}",
            report()
        );

        update(&Plain);
        assert!(is_loaded(&path), "others may hold it still");
    }
}

/// A snapshot that was taken, or a call under way, is in the plugin still.
#[test]
fn an_implementation_that_was_in_force_stays_too() {
    let _turn = turn();
    let path = copy("implementations", "before");
    let library = load(&path);
    update(plugin(&library).keyed);
    let snapshot = current();
    update(&Plain);
    close(library, &path);
    assert_eq!(snapshot.number(5), 12);
}

/// Calls in a plugin are not among those that are patched: they go to the entries, which are.
#[test]
fn calls_in_a_plugin_that_comes_late_reach_the_implementation_in_force() {
    let _turn = turn();
    let path = copy("implementations", "calls");
    update(&Plain);
    let library = load(&path);
    let late = plugin(&library);
    for implementation in [&Plain, late.plain, &Plain, late.keyed, late.plain, &Plain] {
        assert_eq!(update(implementation), ALL);
        assert_calls(implementation);
        assert_eq!((late.call)(5), call(5));
    }
    close(library, &path);
}

/// A trait of a plugin is known as soon as that is loaded, and nothing takes that back.
#[test]
fn a_plugin_with_a_trait_stays_although_nothing_of_it_was_used() {
    let path = copy("traits", "unused");
    close(load(&path), &path);
    let report = report();
    let mut traits = report.traits().iter();
    let known = traits.find(|row| row.name() == "traits::alone::OfPlugin");
    known.expect("the trait of the plugin is known");
}

/// What is patched, registered and kept of it goes with it.
#[test]
fn a_plugin_with_a_copy_of_everything_is_unloaded() {
    let path = copy("alone", "used");
    for _ in 0..2 {
        let library = load(&path);
        assert_eq!(number(&library)(), 3);
        library.close().expect("it can be closed");
        assert!(!is_loaded(&path));
    }
}

#[test]
fn the_trait_of_a_plugin_that_comes_late_is_patched() {
    update(&Plain);
    let path = copy("traits", "used");
    let library = load(&path);
    let number = number(&library);
    let [_, patched] = [0, 1].map(|_| {
        assert_eq!(number(), 3);
        let report = report();
        let described = report.traits().iter();
        let mut described = described.filter(|row| row.name() == "traits::alone::OfPlugin");
        let is_patched =
            |method: &static_call::MethodReport| matches!(method.state(), MethodState::Patched);
        described.any(|row| row.methods().iter().all(is_patched))
    });
    assert!(patched, "{}", report());
    close(library, &path);
    assert_eq!(number(), 3);
}

/// What is learned of a vtable is kept, by its address.
#[test]
fn the_type_of_an_object_that_was_called_stays() {
    let path = copy("implementations", "shape");
    let library = load(&path);
    let shape = plugin(&library).shape;
    let circle = Devirt::new(shape(2));
    assert_eq!(area(&circle), 12);
    close(library, &path);
    assert_eq!(area(&circle), 12);
    let square: Box<dyn Shape> = Box::new(Square(2));
    assert_eq!(area(&Devirt::new(square)), 4);
}
