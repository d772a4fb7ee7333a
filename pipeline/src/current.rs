//! What may be replaced while everybody works with it: the analyser and the taxonomy in force.

use std::sync::{Arc, PoisonError, RwLock};

/// One value that whoever needs it takes for the length of a piece of work. Cheap to clone; all clones are one.
pub struct Current<T>(Arc<RwLock<Arc<T>>>);

impl<T> Current<T> {
    /// What is in force now.
    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in force; work that has begun ends with the one before.
    pub fn replace(&self, next: Arc<T>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}

impl<T> Clone for Current<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<Arc<T>> for Current<T> {
    fn from(first: Arc<T>) -> Self {
        Self(Arc::new(RwLock::new(first)))
    }
}
