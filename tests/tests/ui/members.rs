use static_call::static_dispatch;

macro_rules! method {
    () => {
        fn get(&self) -> u32;
    };
}

#[static_dispatch]
pub trait Constant: Sync {
    const NAME: &'static str;
    //~ error at `NAME`: an associated constant differs between implementations and cannot be dispatched; make it a method: `fn name() -> Type where Self: Sized`
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait Associated: Sync {
    type Item;
    //~ error at `Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    fn get(&self) -> Self::Item;
}

#[static_dispatch]
pub trait AssociatedWithLifetime: Sync {
    type Item<'a>
    //~ error at `Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    where
        Self: 'a;
    fn get<'a>(&'a self) -> Self::Item<'a>;
}

pub trait Typed {
    type Item;
}

#[static_dispatch]
pub trait AssociatedOfASupertrait: Sync + Typed {
    fn get(&self, default: Option<Self::Item>) -> u32;
    //~ error at `Self::Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
}

#[static_dispatch]
pub trait ByMacro: Sync {
    method!();
    //~ error at `method!();`: the methods that a macro makes cannot be seen from here; write them out, or have the macro make the whole trait
}

#[static_dispatch]
pub trait Public: Sync {
    pub fn get(&self) -> u32;
    //~ error[E0449]
    //~ error at `pub fn get(&self) -> u32;`: this is not understood as part of a trait; write methods only
}
