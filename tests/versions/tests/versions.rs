//! Two versions of `static_call` in one program, each with the traits of its own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs, ptr, thread};

use object::{File, Object as _, ObjectSection as _};
use versions::call_both;

/// Puts an implementation in force, and tells how many places are patched and how many are not.
type Update = fn(usize) -> (usize, usize);

/// How many places of a version are patched, and how many are not: an entry, and a choice and an address in the call.
const ALL: (usize, usize) = (3, 0);

/// One test at a time.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether any code of the process can be written to.
fn has_writable_code() -> bool {
    region::query_range(ptr::null::<()>(), usize::MAX)
        .expect("the system tells the regions of memory")
        .map(|region| region.expect("the system tells each region"))
        .any(|region| region.is_executable() && region.is_writable())
}

#[test]
fn each_version_patches_its_own_calls_and_no_others() {
    let _turn = turn();
    for round in 0..10 {
        let [one, other] = [
            round % first::IMPLEMENTATIONS,
            round / 2 % first::IMPLEMENTATIONS,
        ];
        let counts = [first::update(one), second::update(other)];
        assert_eq!(counts, [ALL; 2]);
        assert_eq!(
            call_both(5),
            (first::answer(one, 5), second::answer(other, 5))
        );
        assert_eq!([first::known(), second::known()], [(1, true); 2]);
    }
}

/// Their pages are the same, and neither ever takes from the other what it needs.
#[test]
fn both_versions_update_from_several_threads_at_once() {
    const UPDATES: usize = 20_000;

    let _turn = turn();
    assert!(!has_writable_code());
    let ended = &AtomicBool::new(false);
    let answers = |answer: fn(usize, u64) -> u64| (0..3).map(move |number| answer(number, 5));
    thread::scope(|scope| {
        let updates: [(Update, usize); 4] = [
            (first::update, 1),
            (second::update, 1),
            (first::update, 2),
            (second::update, 2),
        ];
        let updating = updates.map(|(update, step)| {
            scope.spawn(move || {
                for number in 0..UPDATES {
                    assert_eq!(update(number * step % first::IMPLEMENTATIONS), ALL);
                }
            })
        });
        let learning = [first::learn, second::learn].map(|learn| {
            scope.spawn(move || {
                while !ended.load(Ordering::Relaxed) {
                    assert_eq!(learn(), 2 << 32);
                }
            })
        });
        let calling = scope.spawn(|| {
            let [first, second] = [first::answer, second::answer]
                .map(|answer| answers(answer).collect::<BTreeSet<_>>());
            while !ended.load(Ordering::Relaxed) {
                let (one, other) = call_both(5);
                assert!(first.contains(&one) && second.contains(&other));
            }
        });
        let updated = updating.map(thread::ScopedJoinHandle::join);
        ended.store(true, Ordering::Relaxed);
        for result in updated {
            result.expect("no update has failed");
        }
        for learns in learning {
            learns.join().expect("all calls were right");
        }
        calling.join().expect("all calls were right");
    });
    assert!(!has_writable_code());
}

/// Their records may differ, though the traits are the same, word for word, in crates of one name.
#[test]
fn no_two_versions_share_a_section() {
    let program = env::current_exe().expect("the program has a path");
    let program = fs::read(program).expect("the program can be read");
    let program = File::parse(&*program).expect("the program is an object file");
    let names = program.sections().map(|section| {
        let name = section.name().expect("a section has a name");
        name.to_owned()
    });
    let names: Vec<_> = names.collect();
    for kind in ["sites", "thunks", "devirt"] {
        let prefix = format!("static_call_{kind}_");
        let sections = names.iter().filter(|name| name.starts_with(&prefix));
        assert_eq!(sections.count(), 2, "{kind}: {names:#?}");
    }
}
