use static_call::static_dispatch;

#[static_dispatch]
//~ error at `#[static_dispatch]`: `#[static_dispatch]` goes on a trait; write it above the trait whose calls shall be static
pub struct Structure;

#[static_dispatch(default = Structure)]
//~ error at `#[static_dispatch(default = Structure)]`: `#[static_dispatch]` goes on a trait; write it above the trait whose calls shall be static
pub enum Enumeration {
    Unit,
}

#[static_dispatch(cold)]
//~ error at `#[static_dispatch(cold)]`: `#[static_dispatch]` goes on a trait; on a method it is an option of an annotated trait, so annotate the trait too
pub fn function() {}

#[static_dispatch(noop)]
//~ error at `#[static_dispatch(noop)]`: `#[static_dispatch]` goes on a trait; write it above the trait whose calls shall be static
impl Structure {
    #[static_dispatch(cold)]
    //~ error at `#[static_dispatch(cold)]`: `#[static_dispatch]` goes on a trait; on a method it is an option of an annotated trait, so annotate the trait too
    pub fn method(&self) {}
}

pub trait NotAnnotated: Sync {
    #[static_dispatch(cold)]
    //~ error at `#[static_dispatch(cold)]`: `#[static_dispatch]` goes on a trait; on a method it is an option of an annotated trait, so annotate the trait too
    fn without_body(&self);
    #[static_dispatch(cold)]
    //~ error at `#[static_dispatch(cold)]`: `#[static_dispatch]` goes on a trait; on a method it is an option of an annotated trait, so annotate the trait too
    fn with_body(&self) {}
    #[static_dispatch(cold)]
    //~ error at `#[static_dispatch(cold)]`: `#[static_dispatch]` goes on a trait; write it above the trait whose calls shall be static
    const NAME: &'static str;
}

#[static_dispatch]
#[static_dispatch(noop)]
//~ error at `static_dispatch(noop)`: the trait is annotated twice; remove this attribute
pub trait Twice: Sync {
    fn get(&self) -> u32;
}
