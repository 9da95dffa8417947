use static_call::{Static, static_dispatch};

#[static_dispatch]
pub trait Methods: Sync {
    #[static_dispatch]
    //~ error at `static_dispatch`: on a method, `static_dispatch` needs an option: write `#[static_dispatch(cold)]`, or remove the attribute
    fn without(&self);
    #[static_dispatch()]
    //~ error at `static_dispatch()`: on a method, `static_dispatch` needs an option: write `#[static_dispatch(cold)]`, or remove the attribute
    fn empty(&self);
    #[static_dispatch = "cold"]
    //~ error at `static_dispatch = "cold"`: on a method, `static_dispatch` needs an option: write `#[static_dispatch(cold)]`, or remove the attribute
    fn value(&self);
    #[static_dispatch(hot)]
    //~ error at `hot`: unknown option `hot`; on a method there is `cold`
    fn unknown(&self);
    #[static_dispatch(cold, cold)]
    //~ error at `cold`: the option `cold` is given twice; remove one
    fn twice(&self);
    #[static_dispatch(cold)]
    #[static_dispatch(cold)]
    //~ error at `cold`: the option `cold` is given twice; remove one
    fn twice_apart(&self);
    #[static_dispatch(cold = true)]
    //~ error at `=`: expected `,` after the option `cold`
    fn with_value(&self);
    #[static_dispatch(default = Unit)]
    //~ error at `default`: unknown option `default`; on a method there is `cold`
    fn of_a_trait(&self);
    #[static_dispatch("cold")]
    //~ error at `"cold"`: expected the name of an option; on a method there is `cold`
    fn literal(&self);
    #[static_dispatch(cold)]
    //~ error at `cold`: `cold` has no meaning here: a method with `where Self: Sized` and a body of its own is not dispatched; remove the attribute
    fn not_dispatched(&self)
    where
        Self: Sized,
    {
    }
    #[cfg_attr(all(), static_dispatch(cold))]
    //~ error at `cfg_attr(all(), static_dispatch(cold))`: `static_dispatch` comes before `cfg_attr`; write the method twice, each under its `#[cfg]`, one with `#[static_dispatch(cold)]`
    fn conditional(&self);
    fn good(&self);
}

#[static_dispatch]
pub trait Constant: Sync {
    #[static_dispatch(cold)]
    const NAME: &'static str;
    //~ error at `NAME`: an associated constant differs between implementations and cannot be dispatched; make it a method: `fn name() -> Type where Self: Sized`
    #[static_dispatch(cold)]
    type Item;
    //~ error at `Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
}

// Uses give no errors of their own.
pub fn uses() {
    let handle = Static::<dyn Methods>::new();
    handle.without();
    handle.not_dispatched();
    handle.good();
}
