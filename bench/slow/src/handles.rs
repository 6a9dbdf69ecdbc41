//! Open files and listings.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Open files or listings, by the numbers that the kernel knows them by.
pub struct Handles<T> {
    next: AtomicU64,
    open: Mutex<HashMap<u64, Arc<T>>>,
}

impl<T> Handles<T> {
    /// Nothing is open.
    pub fn new() -> Self {
        Self { next: AtomicU64::new(1), open: Mutex::default() }
    }

    /// Keeps a value until it is closed.
    pub fn open(&self, value: T) -> u64 {
        let handle = self.next.fetch_add(1, Ordering::Relaxed);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(handle, Arc::new(value));
        handle
    }

    /// The value of a handle that is open.
    pub fn get(&self, handle: u64) -> Option<Arc<T>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&handle).cloned()
    }

    /// Drops the value when the last call that uses it is over.
    pub fn close(&self, handle: u64) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&handle);
    }
}
