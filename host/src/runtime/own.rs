//! What a worker has for itself: an instance, made when it is wanted, and its calls.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::calls::Calls;
use super::component::Compiled;
use super::error::Error;
use super::instance::Instance;
use super::limits::Limits;
use super::opened::Opened;
use super::world::World;

/// A worker's own things.
pub(crate) struct Own<W> {
    pub number: u64,
    pub instance: Option<Instance<W>>,
    pub calls: Arc<Calls>,
}

/// What all instances of a pool have in common.
pub(crate) struct Shared<'a, W: World> {
    pub compiled: &'a Compiled<W>,
    pub opened: &'a Opened,
    pub limits: &'a Limits,
    pub cancelled: &'a Arc<AtomicBool>,
}

impl<W: World> Own<W> {
    /// Those of a worker with this number, without an instance yet.
    pub fn new(number: u64, calls: Arc<Calls>) -> Self {
        Self { number, instance: None, calls }
    }

    /// Lets the instance go. The system may wait for storage meanwhile.
    pub fn drop_instance(&mut self) {
        if self.instance.is_some() {
            let _call = self.calls.begin_leaving();
            self.instance = None;
        }
    }

    /// The instance for work of a root, made now if there is none that sees it.
    pub fn running(&mut self, shared: &Shared<'_, W>, root: usize) -> Result<&mut Instance<W>, Error> {
        let Shared { compiled, opened, limits, cancelled } = shared;
        if opened.is_wanted(root) {
            let _call = self.calls.begin_root(root);
            opened.open(root)?;
        }
        if self.instance.as_ref().is_some_and(|instance| !instance.sees(root)) {
            self.drop_instance();
        }
        Ok(match &mut self.instance {
            Some(instance) => instance,
            instance => {
                let roots = {
                    let _call = self.calls.begin_root(root);
                    opened.open_roots_and(root)?
                };
                instance.insert(Instance::new(compiled, roots, limits, (*cancelled).clone(), self.calls.clone())?)
            }
        })
    }
}
