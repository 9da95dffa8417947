//! Implementations of every kind: each call gets the implementation's own state.

use std::fmt::Debug;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use static_call::{Dispatch, Error, Static};
use static_call_tests::patched::assert_patched;

/// What the implementations below have in common.
trait State: Debug + Send + Sync + 'static {
    fn number(&self) -> u64;
}

/// Makes a trait for one test, which all types with a state implement. Its methods return where the
/// receiver is and what it holds; the receiver travels in another register for `spread`.
macro_rules! own_trait {
    ($name:ident) => {
        dispatch! {
            [Unit, OtherUnit, Number, Vec<u64>, AtomicU64, [u64; 2]] ()
            trait $name: Sync {
                fn address(&self) -> usize;
                fn number(&self) -> u64;
                fn spread(&self, x: u64) -> [u64; 3];
            }
        }

        impl<T: State> $name for T {
            fn address(&self) -> usize {
                ptr::from_ref(self).addr()
            }

            fn number(&self) -> u64 {
                State::number(self)
            }

            fn spread(&self, x: u64) -> [u64; 3] {
                [State::number(self), x, !State::number(self)]
            }
        }

        impl Own for dyn $name {
            fn observed(x: u64) -> (usize, u64, [u64; 3]) {
                let handle = Static::<dyn $name>::new();
                (
                    through!(handle).address(),
                    through!(handle).number(),
                    through!(handle).spread(x),
                )
            }
        }
    };
}

/// What a test's trait is seen to do.
trait Own: Dispatch {
    /// The results of static calls of its three methods.
    fn observed(x: u64) -> (usize, u64, [u64; 3]);
}

/// Asserts that calls reach the object of this state, and it alone.
#[track_caller]
fn assert_reached<D: Own + ?Sized, T: State>(object: &T) {
    let number = object.number();
    let (address, seen, spread) = D::observed(7);
    assert_eq!((seen, spread), (number, [number, 7, !number]), "{object:?}");
    if size_of::<T>() > 0 || align_of::<T>() > 1 {
        assert_eq!(address, ptr::from_ref(object).addr(), "{object:?}");
    }
}

/// Puts an object in force by `update`, as a trait object that `as_dyn` makes of it.
#[track_caller]
fn put<D: Own + ?Sized, T: State>(object: &'static T, as_dyn: fn(&'static T) -> &'static D) {
    let change = static_call::update(as_dyn(object)).unwrap();
    assert_patched(&change);
    assert_reached::<D, T>(object);
}

fn leak<T>(object: T) -> &'static T {
    Box::leak(Box::new(object))
}

#[derive(Debug)]
struct Unit;

impl State for Unit {
    fn number(&self) -> u64 {
        1
    }
}

#[derive(Debug)]
struct OtherUnit;

impl State for OtherUnit {
    fn number(&self) -> u64 {
        2
    }
}

#[derive(Debug)]
struct Number(u64);

impl State for Number {
    fn number(&self) -> u64 {
        self.0
    }
}

impl State for Vec<u64> {
    fn number(&self) -> u64 {
        self[0]
    }
}

impl State for AtomicU64 {
    fn number(&self) -> u64 {
        self.load(Ordering::Relaxed)
    }
}

impl State for [u64; 2] {
    fn number(&self) -> u64 {
        self[0]
    }
}

#[test]
fn a_static_is_its_own_receiver() {
    own_trait!(Statics);
    static FIRST: Number = Number(10);
    static SECOND: Number = Number(11);
    put::<dyn Statics, _>(&FIRST, |object| object);
    put::<dyn Statics, _>(&SECOND, |object| object);
    put::<dyn Statics, _>(&Number(12), |object| object);
}

#[test]
fn a_leaked_box_is_its_own_receiver() {
    own_trait!(Leaked);
    put::<dyn Leaked, _>(leak(Number(20)), |object| object);
    put::<dyn Leaked, _>(leak(Number(21)), |object| object);
    put::<dyn Leaked, _>(leak(vec![22]), |object| object);
}

#[test]
fn state_that_changes_is_seen_by_the_next_call() {
    own_trait!(Changing);

    static STATE: AtomicU64 = AtomicU64::new(30);
    put::<dyn Changing, _>(&STATE, |object| object);
    STATE.store(31, Ordering::Relaxed);
    assert_reached::<dyn Changing, _>(&STATE);
}

#[test]
fn over_aligned_state_is_found_at_its_address() {
    own_trait!(OverAligned);

    #[derive(Debug)]
    #[repr(align(64))]
    struct Line(u8);

    impl State for Line {
        fn number(&self) -> u64 {
            assert!(ptr::from_ref(self).is_aligned());
            self.0.into()
        }
    }

    static LINE: Line = Line(40);
    put::<dyn OverAligned, _>(&LINE, |object| object);
    put::<dyn OverAligned, _>(leak(Line(41)), |object| object);
}

#[test]
fn zero_sized_implementations_replace_each_other() {
    own_trait!(ZeroSized);
    put::<dyn ZeroSized, _>(&Unit, |object| object);
    put::<dyn ZeroSized, _>(&OtherUnit, |object| object);
    put::<dyn ZeroSized, _>(leak(Unit), |object| object);
}

#[test]
fn a_zero_sized_and_over_aligned_implementation_gets_an_aligned_receiver() {
    own_trait!(AlignedUnits);

    #[derive(Debug)]
    #[repr(align(4096))]
    struct Page;

    impl State for Page {
        fn number(&self) -> u64 {
            u64::from(
                ptr::from_ref(self)
                    .addr()
                    .is_multiple_of(align_of::<Self>()),
            ) + 50
        }
    }

    static PAGE: Page = Page;
    put::<dyn AlignedUnits, _>(&PAGE, |object| object);
    assert_eq!(<dyn AlignedUnits>::observed(0).1, 51);
}

#[test]
fn zero_sized_and_stateful_implementations_replace_each_other() {
    own_trait!(Kinds);
    for number in 60..70 {
        put::<dyn Kinds, _>(&Unit, |object| object);
        put::<dyn Kinds, _>(leak(Number(number)), |object| object);
        put::<dyn Kinds, _>(leak([number, 0]), |object| object);
    }
}

#[test]
fn every_instance_of_a_generic_implementation_is_its_own() {
    own_trait!(Generic);

    #[derive(Debug)]
    struct Both<A, B>(A, B);

    impl<A: State, B: State> State for Both<A, B> {
        fn number(&self) -> u64 {
            100 * self.0.number() + self.1.number()
        }
    }

    put::<dyn Generic, _>(&Both(Unit, OtherUnit), |object| object);
    put::<dyn Generic, _>(&Both(OtherUnit, Unit), |object| object);
    put::<dyn Generic, _>(leak(Both(Unit, Number(3))), |object| object);
    put::<dyn Generic, _>(leak(Both(Number(4), Unit)), |object| object);
    put::<dyn Generic, _>(leak(Both(Both(Unit, Number(5)), Number(6))), |object| {
        object
    });
}

#[test]
fn closures_with_and_without_captures_are_implementations() {
    own_trait!(Closures);

    struct Call<F>(F);

    impl<F> Debug for Call<F> {
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("Call")
        }
    }

    impl<F: Fn() -> u64 + Send + Sync + 'static> State for Call<F> {
        fn number(&self) -> u64 {
            (self.0)()
        }
    }

    fn put_closure(closure: impl Fn() -> u64 + Send + Sync + 'static) {
        put::<dyn Closures, _>(leak(Call(closure)), |object| object);
    }

    put_closure(|| 70);
    let captured = String::from("seventy-one");
    put_closure(move || captured.len() as u64);
}

#[test]
fn each_of_many_instances_of_one_type_sees_its_own_state() {
    own_trait!(Instances);
    let instances: Vec<_> = (0..500).map(|number| leak(Number(number))).collect();
    for _ in 0..2 {
        for &instance in &instances {
            put::<dyn Instances, _>(instance, |object| object);
        }
    }
}

#[test]
fn the_previous_implementation_can_be_called_and_put_back() {
    own_trait!(Previous);
    let first = leak(Number(80));
    let second = leak(Number(81));
    put::<dyn Previous, _>(first, |object| object);
    let change = static_call::update::<dyn Previous>(second).unwrap();
    assert_reached::<dyn Previous, _>(second);
    assert_eq!(change.previous().address(), ptr::from_ref(first).addr());
    assert_eq!(change.previous().spread(5), [80, 5, !80]);

    let back = static_call::update(change.previous()).unwrap();
    assert_patched(&back);
    assert_reached::<dyn Previous, _>(first);
    assert_eq!(back.previous().address(), ptr::from_ref(second).addr());
}

#[test]
fn the_same_implementation_again_changes_nothing() {
    own_trait!(Again);
    let object: &'static Number = leak(Number(90));
    put::<dyn Again, _>(object, |object| object);
    for _ in 0..3 {
        let change = static_call::update::<dyn Again>(object).unwrap();
        assert_patched(&change);
        assert_eq!(change.previous().address(), ptr::from_ref(object).addr());
        assert_reached::<dyn Again, _>(object);
    }
}

#[test]
fn the_handle_is_refused_as_its_own_implementation() {
    own_trait!(Itself);
    static HANDLE: Static<dyn Itself> = Static::new();
    put::<dyn Itself, _>(&Number(100), |object| object);
    let error = static_call::update::<dyn Itself>(&HANDLE).unwrap_err();
    assert!(matches!(error, Error::Handle { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .contains(concat!(module_path!(), "::Itself")),
        "{error}"
    );
    assert_reached::<dyn Itself, _>(&Number(100));
}

#[test]
fn a_snapshot_is_an_implementation() {
    own_trait!(Snapshots);
    let first = leak(Number(110));
    let second = leak(Number(111));
    put::<dyn Snapshots, _>(first, |object| object);
    let snapshot = leak(Static::<dyn Snapshots>::new().current());
    put::<dyn Snapshots, _>(second, |object| object);

    let change = static_call::update::<dyn Snapshots>(snapshot).unwrap();
    assert_patched(&change);
    assert_reached::<dyn Snapshots, _>(first);
    assert_eq!(change.previous().address(), ptr::from_ref(second).addr());
}

/// The compiler makes one function of functions that are alike, as the thunks of such traits would be.
#[test]
fn traits_of_the_same_text_have_receivers_of_their_own() {
    macro_rules! own_function {
        ($name:ident) => {
            /// Calls its own trait, on which it puts a number in force before, if there is one.
            fn $name(number: Option<u64>) -> u64 {
                own_trait!(Alike);
                if let Some(number) = number {
                    put::<dyn Alike, _>(leak(Number(number)), |number| number);
                }
                <dyn Alike>::observed(0).1
            }
        };
    }

    own_function!(first);
    own_function!(second);
    assert_eq!(first(Some(1)), 1);
    assert_eq!(second(Some(2)), 2);
    assert_eq!(first(None), 1);
    assert_eq!(first(Some(3)), 3);
    assert_eq!(second(None), 2);
}
