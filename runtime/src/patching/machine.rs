//! The code of a program in a model, and processors that run it.
//!
//! The program makes one call, by a method of a handle. Each word of it that is patched is an atomic, and the real
//! [`Patcher`](super::Patcher) writes instructions into them, at their real addresses.
//!
//! A [`Processor`] fetches such a word by a load that orders nothing, or on x86-64, where stores are seen in their order,
//! one that acquires. It is interrupted by every barrier that was asked of the kernel, at the latest between that load
//! and the next thing that it does: so from then on it sees what came before the barrier. That is a read-modify-write of
//! an atomic of its own, which finds the last barrier, whereas a load might find one before.
#![allow(unsafe_code)]

use std::sync::atomic::AtomicUsize;

use super::arch::{self, Immediate};
use super::entry::{Entry, Jump, LocatedEntry};
use super::site::CallSite;
use super::thunk::Receiver;
use super::{Code, Patcher, os};
use crate::listed::OPEN;
use crate::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use crate::sync::modelled::FETCHES_IN_ORDER;

/// The choice, in the call.
static CHOICE: AtomicU8 = AtomicU8::new(OPEN as u8);
/// The address that is called, in the call.
static SITE: AtomicU64 = AtomicU64::new(0);
/// The jump of the entry, whose address is that of the entry.
static JUMP: AtomicU64 = AtomicU64::new(0);
/// The receivers of thunks, whose addresses are those of the thunks.
pub(crate) static THUNKS: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];
/// Where the slow path is.
static SLOW: u8 = 0;

static ENTRY: Entry = {
    // SAFETY: nothing runs it but a `Processor`. (S6, S8)
    unsafe { Entry::new(0, (&raw const JUMP).cast()) }
};

/// `lea rax, [rip + …]`
const LOAD_ADDRESS: u64 = 0x0000_0000_0005_8d48;

/// As many threads as loom has, less the one that begins.
const PROCESSORS: usize = 4;

/// What each processor was interrupted by.
static BARRIERS: [AtomicU32; PROCESSORS] = [const { AtomicU32::new(0) }; PROCESSORS];
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Interrupts all processors.
pub(super) fn interrupt() {
    let running = RUNNING.load(Ordering::Relaxed);
    for barrier in &BARRIERS[..running] {
        barrier.fetch_add(1, Ordering::Release);
    }
}

/// What is patched of the program.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    /// The address in the call; or else that is the entry's.
    pub(crate) has_site: bool,
    /// The choice in the call, which only processors understand that fetch in order.
    pub(crate) has_choice: bool,
    pub(crate) fetches_in_order: bool,
}

/// Where a call arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The body of the listed implementation of this choice.
    Body(u32),
    /// The slow path of the entry.
    Slow,
    /// This function.
    Function(usize),
    /// A thunk, with this receiver.
    Thunk(usize, u64),
}

impl Program {
    /// Begins an execution with this program, unpatched, which is run by so many processors.
    pub(crate) fn begin<const PROCESSORS: usize>(
        self,
        patcher: &mut Patcher,
    ) -> (Code, [Processor; PROCESSORS]) {
        FETCHES_IN_ORDER.store(self.fetches_in_order, Ordering::Relaxed);
        RUNNING.store(PROCESSORS, Ordering::Relaxed);
        let [choice, site, jump, slow] = [
            (&raw const CHOICE).expose_provenance(),
            (&raw const SITE).expose_provenance(),
            (&raw const JUMP).expose_provenance(),
            (&raw const SLOW).addr(),
        ];
        let to_slow = arch::jump(jump, slow).expect("it is near");
        let to_entry = arch::load_address(site, LOAD_ADDRESS, jump).expect("it is near");
        JUMP.store(to_slow, Ordering::Relaxed);
        SITE.store(to_entry, Ordering::Relaxed);
        CHOICE.begin();
        for barrier in &BARRIERS {
            barrier.begin();
        }

        let mut code = Code::new();
        code.is_located = true;
        code.entries = vec![LocatedEntry {
            entry: &ENTRY,
            jump: Some(Jump {
                address: jump,
                slow: to_slow,
                now: to_slow,
            }),
        }];
        let call_site = |address, immediate, original| CallSite {
            address,
            ordinal: 0,
            immediate,
            original,
            now: original,
        };
        if self.has_choice {
            let place = call_site(choice, Immediate::Choice, OPEN.into());
            code.call_sites.push(place);
        }
        if self.has_site {
            let place = call_site(site, Immediate::Address, to_entry);
            code.call_sites.push(place);
        }
        code.call_sites.sort_by_key(|site| site.address);
        let mut places = vec![choice, site, jump];
        for thunk in &THUNKS {
            thunk.begin();
            let address = (&raw const *thunk).expose_provenance();
            let receivers = vec![Receiver { address, now: 0 }];
            code.thunks.receivers.insert(address, receivers);
            places.push(address);
        }
        for place in places {
            patcher.protections.suppose_code(place..place + 8);
        }
        let processors = std::array::from_fn(|number| Processor {
            number,
            program: self,
        });
        (code, processors)
    }
}

/// Refuses one request to the system, after so many that are granted.
pub(crate) fn refuse(granted: usize) {
    os::fault::arm(move |made, _| made == granted);
}

/// Refuses nothing any more; the answer is whether something was refused.
pub(crate) fn has_refused() -> bool {
    os::fault::any_failed(&os::fault::disarm())
}

/// A thread's processor.
pub(crate) struct Processor {
    number: usize,
    program: Program,
}

impl Processor {
    /// Comes to know what came before the barriers until now.
    pub(crate) fn is_interrupted(&self) {
        BARRIERS[self.number].fetch_add(0, Ordering::Acquire);
    }

    fn order(&self) -> Ordering {
        if self.program.fetches_in_order {
            Ordering::Acquire
        } else {
            Ordering::Relaxed
        }
    }

    fn fetch(&self, word: &AtomicU64) -> u64 {
        let word = word.load(self.order());
        self.is_interrupted();
        word
    }

    /// Makes the call, which leads to one of these functions or their thunks, or to a listed body of these choices.
    pub(crate) fn call(&self, functions: &[usize], listed: &[u32]) -> Arrival {
        self.is_interrupted();
        if self.program.has_choice {
            let choice = CHOICE.load(self.order()).into();
            self.is_interrupted();
            if listed.contains(&choice) {
                return Arrival::Body(choice);
            }
        }
        let [site, jump, slow] = [
            (&raw const SITE).addr(),
            (&raw const JUMP).addr(),
            (&raw const SLOW).addr(),
        ];
        let thunks = THUNKS.each_ref().map(|thunk| (&raw const *thunk).addr());
        let functions = || functions.iter().chain(&thunks).copied();
        let mut to = jump;
        if self.program.has_site {
            let word = self.fetch(&SITE);
            let loads = |to: &usize| arch::load_address(site, LOAD_ADDRESS, *to) == Some(word);
            to = functions()
                .chain([jump])
                .find(loads)
                .expect("the site leads somewhere");
        }
        if to == jump {
            let word = self.fetch(&JUMP);
            let jumps = |to: &usize| arch::jump(jump, *to) == Some(word);
            to = functions()
                .chain([slow])
                .find(jumps)
                .expect("the entry leads somewhere");
        }
        if to == slow {
            return Arrival::Slow;
        }
        match thunks.iter().position(|thunk| *thunk == to) {
            Some(thunk) => Arrival::Thunk(thunk, self.fetch(&THUNKS[thunk])),
            None => Arrival::Function(to),
        }
    }
}
