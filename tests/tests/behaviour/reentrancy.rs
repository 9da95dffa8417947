//! Calls and updates from within calls, destructors and the ends of threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use static_call::Static;
use static_call_tests::patched::assert_patched;

struct Unit;

struct Number(u64);

fn leak(number: u64) -> &'static Number {
    Box::leak(Box::new(Number(number)))
}

#[test]
fn an_implementation_recurses_through_the_handle() {
    dispatch! {
        [Unit, Number] ()
        trait Recursive: Sync {
            fn sum(&self, count: u64) -> u64;
            fn text(&self, count: u64) -> String;
        }
    }

    const RECURSIVE: Static<dyn Recursive> = Static::new();

    impl Recursive for Unit {
        fn sum(&self, count: u64) -> u64 {
            if count == 0 {
                0
            } else {
                1 + through!(RECURSIVE).sum(count - 1)
            }
        }

        fn text(&self, count: u64) -> String {
            if count == 0 {
                String::new()
            } else {
                through!(RECURSIVE).text(count - 1) + "u"
            }
        }
    }

    impl Recursive for Number {
        fn sum(&self, count: u64) -> u64 {
            if count == 0 {
                0
            } else {
                self.0 + through!(RECURSIVE).sum(count - 1)
            }
        }

        fn text(&self, count: u64) -> String {
            if count == 0 {
                String::new()
            } else {
                through!(RECURSIVE).text(count - 1) + &self.0.to_string()
            }
        }
    }

    assert_patched(&static_call::update::<dyn Recursive>(&Unit).unwrap());
    assert_eq!(through!(RECURSIVE).sum(4000), 4000);
    assert_eq!(through!(RECURSIVE).text(1000), "u".repeat(1000));
    assert_patched(&static_call::update::<dyn Recursive>(leak(3)).unwrap());
    assert_eq!(through!(RECURSIVE).sum(4000), 12000);
    assert_eq!(through!(RECURSIVE).text(1000), "3".repeat(1000));
}

#[test]
fn an_update_from_inside_a_method_takes_effect_at_once_but_for_the_calls_under_way() {
    dispatch! {
        [Unit, Number] ()
        trait Switching: Sync {
            fn number(&self, x: u64) -> u64;
            fn switch(&self, next: &[&'static dyn Switching]) -> Vec<u64>;
        }
    }

    const SWITCHING: Static<dyn Switching> = Static::new();

    /// Puts the first of `next` in force and goes on there with the others. The result is what
    /// `this` is before, what calls reach after the update, and what `this` is at the end.
    fn switch(this: &dyn Switching, next: &[&'static dyn Switching]) -> Vec<u64> {
        let Some((&first, others)) = next.split_first() else {
            return vec![this.number(0)];
        };
        let mut seen = vec![this.number(0)];
        assert_patched(&static_call::update(first).unwrap());
        seen.extend(through!(SWITCHING).switch(others));
        seen.push(this.number(0));
        seen
    }

    impl Switching for Unit {
        fn number(&self, x: u64) -> u64 {
            x
        }

        fn switch(&self, next: &[&'static dyn Switching]) -> Vec<u64> {
            switch(self, next)
        }
    }

    impl Switching for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn switch(&self, next: &[&'static dyn Switching]) -> Vec<u64> {
            switch(self, next)
        }
    }

    let (one, two) = (leak(1), leak(2));
    assert_patched(&static_call::update::<dyn Switching>(one).unwrap());
    let seen = through!(SWITCHING).switch(&[two, &Unit, one, one, two]);
    assert_eq!(seen, [1, 2, 0, 1, 1, 2, 1, 1, 0, 2, 1]);
    assert_eq!(through!(SWITCHING).number(5), 7);
}

#[test]
fn an_update_from_a_callback_of_a_method_takes_effect_at_once() {
    dispatch! {
        [Number] ()
        trait Calling: Sync {
            fn number(&self, x: u64) -> u64;
            fn around(&self, callback: &dyn Fn()) -> (u64, u64);
        }
    }

    const CALLING: Static<dyn Calling> = Static::new();

    impl Calling for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn around(&self, callback: &dyn Fn()) -> (u64, u64) {
            callback();
            (self.number(0), through!(CALLING).number(0))
        }
    }

    let (one, two) = (leak(1), leak(2));
    for (old, new, expected) in [(one, two, (1, 2)), (two, one, (2, 1))] {
        static_call::update::<dyn Calling>(old).unwrap();
        let seen = through!(CALLING).around(&|| {
            assert_patched(&static_call::update::<dyn Calling>(new).unwrap());
        });
        assert_eq!(seen, expected);
    }
}

#[test]
fn an_update_from_a_destructor_takes_effect_at_once() {
    dispatch! {
        [Number] ()
        trait Restored: Sync {
            fn number(&self, x: u64) -> u64;
            fn consume(&self, guard: PutBack) -> u64;
            fn explode(&self, guard: PutBack) -> u64;
        }
    }

    const RESTORED: Static<dyn Restored> = Static::new();

    struct PutBack(&'static dyn Restored);

    impl PutBack {
        fn after(implementation: &'static dyn Restored) -> Self {
            let change = static_call::update(implementation).unwrap();
            assert_patched(&change);
            Self(change.previous())
        }
    }

    impl Drop for PutBack {
        fn drop(&mut self) {
            assert_patched(&static_call::update(self.0).unwrap());
        }
    }

    impl Restored for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn consume(&self, guard: PutBack) -> u64 {
            drop(guard);
            through!(RESTORED).number(self.0)
        }

        fn explode(&self, _guard: PutBack) -> u64 {
            panic!("{}", self.0)
        }
    }

    static_call::update::<dyn Restored>(leak(10)).unwrap();
    {
        let _guard = PutBack::after(leak(20));
        assert_eq!(through!(RESTORED).number(0), 20);
    }
    assert_eq!(through!(RESTORED).number(0), 10);

    let guard = PutBack::after(leak(30));
    assert_eq!(through!(RESTORED).consume(guard), 40);
    assert_eq!(through!(RESTORED).number(0), 10);

    let panic = catch_unwind(AssertUnwindSafe(|| {
        let guard = PutBack::after(leak(40));
        through!(RESTORED).explode(guard)
    }));
    assert_eq!(panic.unwrap_err().downcast_ref::<String>().unwrap(), "40");
    assert_eq!(through!(RESTORED).number(0), 10);
}

#[test]
fn destructors_of_thread_locals_call_and_update() {
    dispatch! {
        [Number] (default: Number = Number(1))
        trait AtExit: Sync {
            fn number(&self, x: u64) -> u64;
        }
    }

    const AT_EXIT: Static<dyn AtExit> = Static::new();

    impl AtExit for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }
    }

    struct Exit(Sender<u64>, Option<&'static dyn AtExit>);

    impl Drop for Exit {
        fn drop(&mut self) {
            if let Some(implementation) = self.1 {
                assert_patched(&static_call::update(implementation).unwrap());
            }
            self.0.send(through!(AT_EXIT).number(100)).unwrap();
        }
    }

    thread_local! {
        static EXIT: std::cell::RefCell<Option<Exit>> = const { std::cell::RefCell::new(None) };
    }

    // The first of them is the first use of the trait.
    let (sender, receiver) = channel();
    for (implementation, expected) in [
        (None, 101),
        (Some(leak(2) as &dyn AtExit), 102),
        (None, 102),
        (Some(leak(3)), 103),
    ] {
        let exit = Exit(sender.clone(), implementation);
        thread::spawn(move || EXIT.set(Some(exit))).join().unwrap();
        assert_eq!(receiver.recv(), Ok(expected));
        assert_eq!(through!(AT_EXIT).number(0), expected - 100);
    }
}

#[test]
fn implementations_call_and_update_another_static_trait() {
    dispatch! {
        [Number] ()
        trait Outer: Sync {
            fn outer(&self, depth: u64) -> u64;
            fn replace(&self, inner: &'static dyn Inner) -> (u64, u64);
        }
    }

    dispatch! {
        [Unit, Number] ()
        trait Inner: Sync {
            fn inner(&self, depth: u64) -> u64;
        }
    }

    const OUTER: Static<dyn Outer> = Static::new();
    const INNER: Static<dyn Inner> = Static::new();

    impl Outer for Number {
        fn outer(&self, depth: u64) -> u64 {
            self.0 + through!(INNER).inner(depth)
        }

        fn replace(&self, inner: &'static dyn Inner) -> (u64, u64) {
            let before = through!(OUTER).outer(0);
            assert_patched(&static_call::update(inner).unwrap());
            (before, through!(OUTER).outer(0))
        }
    }

    impl Inner for Number {
        fn inner(&self, depth: u64) -> u64 {
            let deeper = if depth == 0 {
                0
            } else {
                through!(OUTER).outer(depth - 1)
            };
            self.0 + deeper
        }
    }

    impl Inner for Unit {
        fn inner(&self, depth: u64) -> u64 {
            if depth == 0 {
                0
            } else {
                through!(OUTER).outer(depth - 1)
            }
        }
    }

    assert_patched(&static_call::update::<dyn Outer>(leak(1000)).unwrap());
    assert_patched(&static_call::update::<dyn Inner>(leak(1)).unwrap());
    assert_eq!(through!(OUTER).outer(0), 1001);
    assert_eq!(through!(OUTER).outer(99), 100_100);
    assert_eq!(through!(OUTER).replace(leak(2)), (1001, 1002));
    assert_eq!(through!(OUTER).outer(99), 100_200);
    assert_eq!(through!(OUTER).replace(&Unit), (1002, 1000));
    assert_eq!(through!(OUTER).outer(99), 100_000);
}
