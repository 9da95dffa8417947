use static_call::static_dispatch;

pub struct Unit;

pub struct Tuple(u32);

#[static_dispatch(default = Unit)]
//~ error[E0277] at `Unit`: `Unit: NotImplemented`
pub trait NotImplemented: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default: Tuple = Tuple(1))]
//~ error[E0277] at `Tuple`: `Tuple: ValueNotImplemented`
pub trait ValueNotImplemented: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default = Tuple)]
//~ error[E0308]
pub trait NotUnit: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default: Tuple = Unit)]
//~ error[E0308]
pub trait OtherType: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default: Tuple = Tuple(not_constant()))]
//~ error[E0015]
pub trait NotConstant: Sync {
    fn get(&self) -> u32;
}

type OneOrTheOther = Tuple;

#[allow(non_upper_case_globals)]
const OneOrTheOther: Unit = Unit;

#[static_dispatch(default = OneOrTheOther)]
//~ error[E0308]
pub trait OfTwoTypes: Sync {
    fn get(&self) -> u32;
}

fn not_constant() -> u32 {
    0
}

impl NotUnit for Tuple {
    fn get(&self) -> u32 {
        self.0
    }
}

impl OtherType for Tuple {
    fn get(&self) -> u32 {
        self.0
    }
}

impl NotConstant for Tuple {
    fn get(&self) -> u32 {
        self.0
    }
}

impl OfTwoTypes for Tuple {
    fn get(&self) -> u32 {
        self.0
    }
}

impl OfTwoTypes for Unit {
    fn get(&self) -> u32 {
        0
    }
}
