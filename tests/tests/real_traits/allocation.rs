//! Allocators.
#![allow(unsafe_code)]

use std::alloc::Layout;
use std::ptr::{self, NonNull};

use static_call::static_dispatch;

use crate::Backend;

/// # Safety
///
/// Memory is as its layout says, until it is given back.
#[static_dispatch]
unsafe trait GlobalAlloc: Sync {
    /// # Safety
    ///
    /// The layout has a size.
    #[must_use = "losing the pointer will leak memory"]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8;
    /// # Safety
    ///
    /// The memory was allocated with this layout.
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout);
    /// # Safety
    ///
    /// The layout has a size.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises it.
        unsafe { self.alloc(layout) }
    }
    /// # Safety
    ///
    /// The memory was allocated with this layout, and the new size is one.
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let _ = (ptr, new_size);
        // SAFETY: the caller promises it.
        unsafe { self.alloc(layout) }
    }
}

// SAFETY: there is never any memory.
unsafe impl GlobalAlloc for Backend {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.note(layout);
        ptr::null_mut()
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        self.note((ptr, layout));
    }
}

#[derive(Debug)]
struct AllocError;

/// # Safety
///
/// Memory is as its layout says, until it is given back.
#[static_dispatch(inline(Backend))]
unsafe trait Allocator: Sync {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError>;
    #[inline(always)]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        self.allocate(layout)
    }
    /// # Safety
    ///
    /// The memory was allocated with this layout.
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout);
    /// # Safety
    ///
    /// The memory was allocated with the old layout, and the new one is larger.
    #[inline(always)]
    unsafe fn grow(
        &self,
        ptr: NonNull<u8>,
        old_layout: Layout,
        new_layout: Layout,
    ) -> Result<NonNull<[u8]>, AllocError> {
        let _ = (ptr, old_layout);
        self.allocate(new_layout)
    }
    /// # Safety
    ///
    /// The memory was allocated with the old layout, and the new one is larger.
    #[inline(always)]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old_layout: Layout,
        new_layout: Layout,
    ) -> Result<NonNull<[u8]>, AllocError> {
        let _ = (ptr, old_layout);
        self.allocate_zeroed(new_layout)
    }
    /// # Safety
    ///
    /// The memory was allocated with the old layout, and the new one is smaller.
    #[inline(always)]
    unsafe fn shrink(
        &self,
        ptr: NonNull<u8>,
        old_layout: Layout,
        new_layout: Layout,
    ) -> Result<NonNull<[u8]>, AllocError> {
        let _ = (ptr, old_layout);
        self.allocate(new_layout)
    }
    #[inline(always)]
    fn by_ref(&self) -> &Self
    where
        Self: Sized,
    {
        self
    }
}

// SAFETY: what it allocates has no bytes that could be used.
unsafe impl Allocator for Backend {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        if self.note(layout) == 2 {
            return Err(AllocError);
        }
        Ok(NonNull::slice_from_raw_parts(NonNull::dangling(), 0))
    }
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        self.note((ptr, layout));
    }
}

real_traits! {
    "std 1.95" "alloc::GlobalAlloc", Static, ["`: Sync` added"];
    fn global_alloc(this: GlobalAlloc) {
        let layout = Layout::new::<[u64; 4]>();
        // SAFETY: the layout has a size, and the implementation does not look at the memory.
        unsafe {
            this.dealloc(ptr::dangling_mut(), layout);
        }
        // SAFETY: as above.
        let pointer = unsafe { this.alloc(layout) };
        // SAFETY: as above.
        let zeroed = unsafe { this.alloc_zeroed(layout) };
        // SAFETY: as above.
        (pointer, zeroed, unsafe { this.realloc(ptr::null_mut(), layout, 8) })
    }

    "allocator-api2 0.3.1" "alloc::Allocator", Static, ["`: Sync` added"];
    fn allocator(this: Allocator) {
        let layouts = (Layout::new::<u32>(), Layout::new::<u64>());
        let pointer = NonNull::dangling();
        // SAFETY: the implementation does not look at the memory.
        let grown = unsafe { this.grow(pointer, layouts.0, layouts.1) };
        // SAFETY: as above.
        let zeroed = unsafe { this.grow_zeroed(pointer, layouts.0, layouts.1) };
        // SAFETY: as above.
        let shrunk = unsafe { this.shrink(pointer, layouts.1, layouts.0) };
        // SAFETY: as above.
        unsafe { this.deallocate(pointer, layouts.0) };
        (this.allocate(layouts.0), this.allocate_zeroed(layouts.1), grown, zeroed, shrunk)
    }
}
