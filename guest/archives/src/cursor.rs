//! A place in a decompressed stream: it goes forward, and starts anew.

use std::io::{self, Read};
use std::rc::Rc;

use crate::budget::Budget;
use crate::pull::Tap;
use crate::trouble::Trouble;

/// How much is decompressed at once.
const PIECE: usize = 16 << 10;

/// Begins a stream; the tap is that of its input.
pub(crate) type Begin = Box<dyn Fn(&Rc<Tap>) -> Result<Box<dyn Read>, Trouble>>;

/// Why a stream goes no further.
pub(crate) enum Stop {
    /// The source has failed; later it may not.
    Source(io::Error),
    /// It never will.
    Trouble(Trouble),
}

struct Running {
    stream: Box<dyn Read>,
    tap: Rc<Tap>,
    position: u64,
}

/// A stream that the members of a block share, or one of a member alone.
pub(crate) struct Cursor {
    begin: Begin,
    budget: Rc<Budget>,
    running: Option<Running>,
    buffer: Vec<u8>,
    /// Where the stream breaks, so that nobody runs into it twice.
    broken: Option<(u64, Trouble)>,
}

impl Cursor {
    pub fn new(budget: &Rc<Budget>, begin: Begin) -> Self {
        Self { begin, budget: budget.clone(), running: None, buffer: Vec::new(), broken: None }
    }

    /// Where it is; `None` where nothing was read yet.
    pub fn position(&self) -> Option<u64> {
        self.running.as_ref().map(|running| running.position)
    }

    /// Why nothing can be read at `position`.
    pub fn trouble_at(&self, position: u64) -> Option<Trouble> {
        self.broken.as_ref().filter(|(at, _)| *at <= position).map(|(_, trouble)| trouble.clone())
    }

    /// Goes back to the beginning.
    pub fn start(&mut self) -> Result<(), Stop> {
        self.running = None;
        let tap = Rc::new(Tap::default());
        match (self.begin)(&tap) {
            Ok(stream) => {
                self.running = Some(Running { stream, tap, position: 0 });
                Ok(())
            }
            Err(trouble) => Err(match tap.fault.take() {
                Some(error) => Stop::Source(error),
                None => self.breaks(0, trouble),
            }),
        }
    }

    /// The next bytes: at most `most`, none at the end of the stream.
    pub fn advance(&mut self, most: u64) -> Result<&[u8], Stop> {
        let Some(running) = &mut self.running else { return Ok(&[]) };
        if let Some((at, trouble)) = &self.broken
            && *at <= running.position
        {
            return Err(Stop::Trouble(trouble.clone()));
        }
        self.buffer.resize(PIECE, 0);
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(PIECE);
        let read = running.stream.read(&mut self.buffer[..most]);
        let position = running.position;
        let fault = running.tap.fault.take();
        match (read, fault) {
            (_, Some(error)) => {
                self.running = None;
                Err(Stop::Source(error))
            }
            (Ok(count), None) => {
                running.position += count as u64;
                match self.budget.decompressed(count, running.position, running.tap.taken.get()) {
                    Ok(()) => Ok(&self.buffer[..count]),
                    Err(trouble) => Err(self.breaks(position, trouble)),
                }
            }
            (Err(error), None) => {
                Err(self.breaks(position, Trouble::damaged(format!("the stream is damaged: {error}"))))
            }
        }
    }

    fn breaks(&mut self, position: u64, trouble: Trouble) -> Stop {
        self.running = None;
        self.broken = Some((position, trouble.clone()));
        Stop::Trouble(trouble)
    }
}
