//! Where in a cache line a loop stands, which decides whether a call in it takes five cycles or six.
#![allow(unsafe_code)]

/// At how many places in a cache line the code of each way is to be timed, so that none has the better one by luck.
pub const PLACES: u32 = 4;

/// Has the code that follows begin at this place in a cache line, on x86-64.
#[inline(always)]
pub fn place<const PLACE: u32>() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: nothing is done by it. It touches no stack, and is not `pure`, as it has to stay in front of what follows.
    unsafe {
        std::arch::asm!(
            ".balign 64",
            ".fill 64 / {places} * {place}, 1, 0x90",
            places = const PLACES,
            place = const PLACE,
            options(nostack)
        );
    }
}
