//! A channel's part of a packet: individual_channel_stream (ISO/IEC 14496-3, section 4.4.2.7).

use super::super::Misfit;
use super::super::bits::Bits;
use super::super::huffman::Code;
use super::bands::Bands;
use super::codes;

/// Books of spectral values; there is no twelfth.
const BOOKS: usize = 11;
const NOISE: usize = 13;
const INTENSITY: usize = 14;
/// The most filters of a window have this order in the low complexity profile.
const LONG_ORDER: u32 = 12;
const SHORT_ORDER: u32 = 7;
/// The most ones in front of an escape.
const LONGEST_ESCAPE: u32 = 8;

/// How a frame is divided: ics_info.
#[derive(Debug, Clone, Copy)]
pub struct Windows {
    is_short: bool,
    /// Bands that are coded.
    bands: usize,
    /// Windows of each group, and how many groups there are.
    sizes: [usize; 8],
    groups: usize,
}

impl Windows {
    /// Reads it.
    pub fn read(bits: &mut Bits<'_>, bands: &Bands) -> Result<Self, Misfit> {
        let is_reserved = bits.flag();
        let is_short = bits.read(2) == 2;
        // The shape.
        bits.flag();
        let (mut sizes, mut groups) = ([1; 8], 1);
        let count = if is_short {
            let count = bits.read(4) as usize;
            for _ in 0..7 {
                if bits.flag() {
                    sizes[groups - 1] += 1;
                } else {
                    groups += 1;
                }
            }
            count
        } else {
            let count = bits.read(6) as usize;
            // Prediction is of other profiles.
            if bits.flag() {
                return Err(Misfit::Reserved);
            }
            count
        };
        let most = if is_short { bands.short.len() } else { bands.long.len() };
        if is_reserved || count > most {
            return Err(Misfit::Reserved);
        }
        Ok(Self { is_short, bands: count, sizes, groups })
    }

    /// Bands of all groups.
    pub fn scales(&self) -> usize {
        self.bands * self.groups
    }
}

/// The codes of channels.
pub struct Codes {
    scale: Code,
    books: [Code; BOOKS],
    /// The book of each band of each group of a channel.
    used: Vec<usize>,
}

impl Codes {
    /// Builds the tables.
    pub fn new() -> Self {
        let book = |leaves: &[u16]| Code::new(leaves, |value| u32::from(value & 0xf));
        Self {
            scale: Code::new(&codes::SCALE, |_| 0),
            books: [
                book(&codes::BOOK_1),
                book(&codes::BOOK_2),
                book(&codes::BOOK_3),
                book(&codes::BOOK_4),
                book(&codes::BOOK_5),
                book(&codes::BOOK_6),
                book(&codes::BOOK_7),
                book(&codes::BOOK_8),
                book(&codes::BOOK_9),
                book(&codes::BOOK_10),
                book(&codes::BOOK_11),
            ],
            used: Vec::new(),
        }
    }

    /// Follows a channel, whose windows are those of its pair or its own.
    pub fn channel(&mut self, bits: &mut Bits<'_>, bands: &Bands, shared: Option<Windows>) -> Result<(), Misfit> {
        let gain = bits.read(8) as i32;
        let windows = match shared {
            Some(windows) => windows,
            None => Windows::read(bits, bands)?,
        };
        self.sections(bits, &windows)?;
        self.scale_factors(bits, gain)?;
        // Pulses.
        if bits.flag() {
            if windows.is_short {
                return Err(Misfit::Reserved);
            }
            let count = bits.read(2) as usize + 1;
            if bits.read(6) as usize >= bands.long.len() {
                return Err(Misfit::Reserved);
            }
            bits.pass(9 * count);
        }
        if bits.flag() {
            noise_shaping(bits, &windows)?;
        }
        // Gain control is of another profile.
        if bits.flag() {
            return Err(Misfit::Reserved);
        }
        self.spectrum(bits, bands, &windows)
    }

    /// Reads which book each band has.
    fn sections(&mut self, bits: &mut Bits<'_>, windows: &Windows) -> Result<(), Misfit> {
        self.used.clear();
        let width = if windows.is_short { 3 } else { 5 };
        for group in 1..=windows.groups {
            let end = group * windows.bands;
            while self.used.len() < end {
                let book = bits.read(4) as usize;
                let mut len = 0;
                loop {
                    let more = bits.read(width) as usize;
                    len += more;
                    if more + 1 < 1 << width || len > windows.bands {
                        break;
                    }
                }
                if book == BOOKS + 1 || len == 0 || self.used.len() + len > end {
                    return Err(Misfit::Reserved);
                }
                self.used.resize(self.used.len() + len, book);
            }
        }
        Ok(())
    }

    /// Follows scale factors, which have bounds.
    fn scale_factors(&self, bits: &mut Bits<'_>, gain: i32) -> Result<(), Misfit> {
        let (mut normal, mut noise, mut intensity) = (gain, gain - 90, 0);
        let mut is_first_noise = true;
        for &book in &self.used {
            if book == 0 {
                continue;
            }
            if book == NOISE && is_first_noise {
                is_first_noise = false;
                noise += bits.read(9) as i32 - 256;
                continue;
            }
            let difference = i32::from(self.scale.read(bits)) - 60;
            let (value, bounds) = match book {
                NOISE => (&mut noise, -100..=155),
                INTENSITY.. => (&mut intensity, -155..=100),
                _ => (&mut normal, 0..=255),
            };
            *value += difference;
            if !bounds.contains(value) {
                return Err(Misfit::Reserved);
            }
        }
        Ok(())
    }

    /// Follows spectral values.
    fn spectrum(&self, bits: &mut Bits<'_>, bands: &Bands, windows: &Windows) -> Result<(), Misfit> {
        let ends = if windows.is_short { bands.short } else { bands.long };
        // In registers while there are codes.
        let mut own = bits.clone();
        for (&windows_of, used) in windows.sizes.iter().zip(self.used.chunks(windows.bands.max(1))) {
            let mut begin = 0;
            for (&end, &book) in ends.iter().zip(used) {
                let values = usize::from(end - begin) * windows_of;
                begin = end;
                if book == 0 || book > BOOKS {
                    continue;
                }
                let code = &self.books[book - 1];
                for _ in 0..values / if book < 5 { 4 } else { 2 } {
                    for _ in 0..code.read(&mut own) >> 4 {
                        escape(&mut own)?;
                    }
                }
            }
        }
        *bits = own;
        Ok(())
    }
}

/// Passes over an escape: ones, a zero, and four bits more than there were ones.
fn escape(bits: &mut Bits<'_>) -> Result<(), Misfit> {
    bits.fill();
    let ones = bits.peek(32).leading_ones();
    if ones > LONGEST_ESCAPE {
        return Err(Misfit::Reserved);
    }
    bits.skip(2 * ones + 5);
    Ok(())
}

/// Follows the filters of temporal noise shaping (tns_data).
fn noise_shaping(bits: &mut Bits<'_>, windows: &Windows) -> Result<(), Misfit> {
    let (count, filters, length, order, highest) =
        if windows.is_short { (8, 1, 4, 3, SHORT_ORDER) } else { (1, 2, 6, 5, LONG_ORDER) };
    for _ in 0..count {
        let filters = bits.read(filters);
        let resolution = if filters > 0 { 3 + bits.read(1) } else { 0 };
        for _ in 0..filters {
            bits.read(length);
            let order = bits.read(order);
            if order > highest {
                return Err(Misfit::Reserved);
            }
            if order > 0 {
                bits.flag();
                let width = resolution - bits.read(1);
                bits.pass((order * width) as usize);
            }
        }
    }
    Ok(())
}
