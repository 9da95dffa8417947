//! What calls do, whatever they are made of. Each of the test programs `open`, `out_of_line`, `listed` and `snapshot`
//! includes these modules, and says by its macros `dispatch` and `through` how it annotates traits and what
//! it calls.

mod first_use;
mod heap;
mod protection;
mod receivers;
mod reentrancy;
mod refusal;
mod seal;
mod signatures;
mod switched_off;
mod threads;
mod unwinding;
