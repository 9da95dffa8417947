//! Calls and updates every trait, calls trait objects through `Devirt`, checks the results, and prints how many
//! call sites each trait has, and how many guards each module.

mod learning;
mod shape;
mod source;

use std::hint::black_box;
use std::sync::atomic::AtomicU64;

use middle::{boxed, digest, log, short_digest, sum_by, taxed};
#[cfg(feature = "shared")]
use shared as _;
use static_call::Error;
use traits::{
    CLOCK, CODEC, Clock, Codec, Fixed, PRICE, Plain, Price, Rotate, Scaled, Set, Sum, Surcharge,
    TRACE, Three, Trace, Xor,
};

/// None is the number of a listed implementation, by which the checker recognises call sites.
const AMOUNTS: [u64; 5] = [0, 1, 2, 31, 4001];

fn main() -> Result<(), Error> {
    static SCALED: [Scaled<Three>; 2] = [Scaled::new(5), Scaled::new(6)];
    static SURCHARGE: Surcharge = Surcharge(7);
    static ROTATE: Rotate = Rotate(9);
    static SUM: Sum = Sum(AtomicU64::new(0));
    static SET: Set = Set(23);

    static_call::update::<dyn Codec>(&Xor)?;
    check(&Xor, &Plain, &Fixed);
    for scaled in &SCALED {
        static_call::update::<dyn Price>(scaled)?;
        check(&Xor, scaled, &Fixed);
    }
    static_call::update::<dyn Codec>(&ROTATE)?;
    static_call::update::<dyn Clock>(&SET)?;
    check(&ROTATE, &SCALED[1], &SET);
    assert_eq!(log(&TRACE, &CLOCK, &AMOUNTS), 0, "tracing does nothing");

    static_call::update::<dyn Price>(&SURCHARGE)?;
    static_call::update::<dyn Trace>(&SUM)?;
    check(&ROTATE, &SURCHARGE, &SET);
    let sum = Sum(AtomicU64::new(TRACE.total()));
    assert_eq!(log(&TRACE, &CLOCK, &AMOUNTS), log(&sum, &SET, &AMOUNTS));

    static_call::update::<dyn Codec>(&Xor)?;
    static_call::update::<dyn Price>(&Plain)?;
    check(&Xor, &Plain, &SET);

    learning::learn_fast();
    shape::check();
    source::check();

    let report = static_call::report();
    for described in report.traits() {
        let sites = || described.methods().iter().map(|method| method.call_sites());
        let count: usize = sites().map(|sites| sites.count()).sum();
        let patched: usize = sites().map(|sites| sites.patched()).sum();
        assert_eq!(patched, count, "{described:?}");
        let has_call_sites = described.name() != "traits::Clock";
        assert_eq!(count > 0, has_call_sites, "{described:?}");
        println!("{} {count}", described.name());
    }
    for described in report.devirt() {
        let (module, _) = described
            .name()
            .rsplit_once("::")
            .expect("it is in a module");
        println!("{module} {}", described.sites().len());
    }
    Ok(())
}

/// Checks that calls through handles do what calls of these implementations do.
fn check<C: Codec>(codec: &C, price: &impl Price, clock: &impl Clock) {
    assert_eq!(width(&CODEC), width(codec));
    for amount in AMOUNTS {
        let silent = Sum(AtomicU64::new(0));
        let seed = u32::try_from(amount).expect("amounts are small");
        let round_trip = traits::traced_round_trip(codec, &silent, seed);
        assert_eq!(traits::round_trip(seed), round_trip);
        assert_eq!(traits::round_trip_here(seed), round_trip);
        assert_eq!(
            traits::quote(amount),
            traits::quote_by(price, clock, amount)
        );
        assert_eq!(short_digest(seed), digest::<3>(codec, seed));
        assert_eq!(digest::<5>(&CODEC, seed), digest::<5>(codec, seed));
        assert_eq!(boxed()(amount), taxed(price)(amount));
        let object: &dyn Price = black_box(&PRICE);
        assert_eq!(object.net(amount), price.net(amount));
    }
    assert_eq!(
        sum_by(&AMOUNTS, taxed(&PRICE)),
        sum_by(&AMOUNTS, taxed(price))
    );
}

fn width<C: Codec>(_: &C) -> u32 {
    C::width()
}
