//! Questions to a component, which are no scan.

use std::sync::Arc;
use std::sync::mpsc::channel;

use mt_scanner_contract::Outcome;
use mt_scanner_contract::defaults::HANG_MARGIN;
use wasmtime::Store;

use super::asked::Asked;
use super::component::Compiled;
use super::desk::{Own, Question};
use super::error::Error;
use super::identity::{Identity, identity};
use super::instance::stopped_by_time;
use super::limits::{Limits, Stop};
use super::opened::Opened;
use super::root::Root;
use super::sandbox::Sandbox;
use super::world::World;

/// An instance, and what it was made for.
struct Hired<W: World> {
    asked: Asked<W>,
    roots: Vec<(Root, Identity)>,
    limits: Limits,
}

impl<W: World> Compiled<W> {
    /// Makes a call; `what`: its name. The instance sees these roots and nothing else, and answers
    /// the next question about the same folders. Storage that does not answer ends it like a
    /// component that takes too long.
    pub fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        limits: &Limits,
        roots: Vec<Root>,
        what: &str,
        call: impl FnOnce(&W, &mut Store<Sandbox>) -> wasmtime::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, answers) = channel();
        let folders = roots.iter().map(|root| root.path.clone()).collect();
        let (compiled, own_limits, name) = (self.clone(), *limits, what.to_owned());
        let question: Question = Box::new(move |own| {
            let _ = sender.send(compiled.answer(own, roots, own_limits, &name, call));
        });
        let desk = self.desks.put(question, folders).map_err(|error| Error::NoInstance { source: error.into() })?;
        let limit = limits.file_timeout;
        match answers.recv_timeout(limit.saturating_add(HANG_MARGIN)) {
            Ok(answer) => {
                self.desks.give_back(desk);
                answer
            }
            Err(_) => {
                desk.calls.close();
                let (call, detail) = (what.to_owned(), stopped_by_time(limit));
                Err(Error::Ended { call, outcome: Outcome::Timeout, detail, source: Stop::Abandoned.into() })
            }
        }
    }

    /// Answers with the instance that is there, if it is for the same, or with a new one.
    fn answer<T>(
        &self,
        own: &mut Own,
        roots: Vec<Root>,
        limits: Limits,
        what: &str,
        call: impl FnOnce(&W, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        let roots = roots.into_iter().map(identified).collect::<Result<Vec<_>, _>>()?;
        let is_for_them = |hired: &Hired<W>| hired.roots == roots && hired.limits == limits;
        let kept = own.kept.take().and_then(|kept| kept.downcast::<Hired<W>>().ok());
        let mut hired = match kept.filter(|hired| is_for_them(hired)) {
            Some(hired) => hired,
            None => Box::new(self.hire(own, roots, limits)?),
        };
        let answer = hired.asked.call(what, call)?;
        if !hired.asked.is_bloated() {
            own.kept = Some(hired);
        }
        Ok(answer)
    }

    fn hire(&self, own: &Own, roots: Vec<(Root, Identity)>, limits: Limits) -> Result<Hired<W>, Error> {
        let these: Arc<[Root]> = roots.iter().map(|(root, _)| root.clone()).collect();
        let opened = Opened::none(&these);
        for (number, root) in these.iter().enumerate() {
            root.check()?;
            opened.open(number)?;
        }
        let asked = Asked::new(self, &limits, &opened, own.calls.clone())?;
        Ok(Hired { asked, roots, limits })
    }
}

/// A root, and which folder that is now: one that was replaced has the same name.
fn identified(root: Root) -> Result<(Root, Identity), Error> {
    match identity(&root.path) {
        Some(identity) => Ok((root, identity)),
        None => Err(root.check().err().unwrap_or(Error::RootNotAFolder { path: root.path })),
    }
}
