//! A place in a decompressed stream: it goes forward, and starts anew.

use std::io::{self, Read};
use std::rc::Rc;

use crate::budget::Budget;
use crate::pull::Tap;
use crate::seat::{Running, Seat};
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

/// A stream that the members of a block share, or one of a member alone.
pub(crate) struct Cursor {
    begin: Begin,
    budget: Rc<Budget>,
    /// Who it is among those that share the seat.
    id: u64,
    seat: Seat,
    /// Where the stream breaks, so that nobody runs into it twice.
    broken: Option<(u64, Trouble)>,
}

impl Cursor {
    /// One with a seat of its own.
    pub fn new(budget: &Rc<Budget>, begin: Begin) -> Self {
        Self::seated(budget, Seat::default(), begin)
    }

    /// One that shares the archive's seat for large streams.
    pub fn large(budget: &Rc<Budget>, begin: Begin) -> Self {
        Self::seated(budget, budget.seat.clone(), begin)
    }

    fn seated(budget: &Rc<Budget>, seat: Seat, begin: Begin) -> Self {
        Self { begin, budget: budget.clone(), id: budget.number(), seat, broken: None }
    }

    /// Where it is; `None` where it is not under way.
    pub fn position(&self) -> Option<u64> {
        let seat = self.seat.borrow();
        seat.as_ref().filter(|running| running.owner == self.id).map(|running| running.position)
    }

    /// Why nothing can be read at `position`.
    pub fn trouble_at(&self, position: u64) -> Option<Trouble> {
        self.broken.as_ref().filter(|(at, _)| *at <= position).map(|(_, trouble)| trouble.clone())
    }

    /// Goes to the beginning.
    pub fn start(&mut self) -> Result<(), Stop> {
        // The memory of the stream before is free before the next one takes its own.
        self.seat.replace(None);
        let tap = Rc::new(Tap::default());
        match (self.begin)(&tap) {
            Ok(stream) => {
                let running = Running { owner: self.id, stream, tap, position: 0, buffer: vec![0; PIECE] };
                self.seat.replace(Some(running));
                Ok(())
            }
            Err(trouble) => Err(match tap.fault.take() {
                Some(error) => Stop::Source(error),
                None => self.breaks(0, trouble),
            }),
        }
    }

    /// Gives `pass` the next bytes, at most `most`, and says how many they were: none at the end.
    pub fn advance(&mut self, most: u64, pass: impl FnOnce(&[u8])) -> Result<usize, Stop> {
        let seat = self.seat.clone();
        let mut seat = seat.borrow_mut();
        let Some(running) = seat.as_mut().filter(|running| running.owner == self.id) else { return Ok(0) };
        let position = running.position;
        if let Some(trouble) = self.trouble_at(position) {
            return Err(Stop::Trouble(trouble));
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(PIECE);
        let read = running.stream.read(&mut running.buffer[..most]);
        if let Some(error) = running.tap.fault.take() {
            *seat = None;
            return Err(Stop::Source(error));
        }
        let damage = |error| Trouble::damaged(format!("the stream is damaged: {error}"));
        let counted = read.map_err(damage).and_then(|count| {
            running.position += count as u64;
            self.budget.decompressed(count, running.position, running.tap.taken.get())?;
            Ok(count)
        });
        match counted {
            Ok(count) => {
                pass(&running.buffer[..count]);
                Ok(count)
            }
            Err(trouble) => {
                *seat = None;
                Err(self.breaks(position, trouble))
            }
        }
    }

    fn breaks(&mut self, position: u64, trouble: Trouble) -> Stop {
        self.broken = Some((position, trouble.clone()));
        Stop::Trouble(trouble)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::limits::Limits;

    /// What the next read of as many bytes gives.
    fn next(cursor: &mut Cursor, most: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let count = cursor.advance(most, |piece| bytes.extend_from_slice(piece)).ok();
        assert_eq!(count, Some(bytes.len()));
        bytes
    }

    #[test]
    fn of_those_that_share_a_seat_one_is_under_way() {
        let budget = Rc::new(Budget::new(&Limits::default()));
        let cursor = |byte| Cursor::large(&budget, Box::new(move |_| Ok(Box::new(io::repeat(byte).take(100)))));
        let (mut first, mut second) = (cursor(1), cursor(2));
        assert!(first.start().is_ok());
        assert_eq!((next(&mut first, 60), first.position()), (vec![1; 60], Some(60)));
        assert!(second.start().is_ok());
        assert_eq!((first.position(), next(&mut first, 5)), (None, vec![]));
        assert_eq!((next(&mut second, 99), second.position()), (vec![2; 99], Some(99)));
        assert!(first.start().is_ok());
        assert_eq!((next(&mut first, 200), next(&mut first, 200)), (vec![1; 100], vec![]));
        assert_eq!(second.position(), None);
    }
}
