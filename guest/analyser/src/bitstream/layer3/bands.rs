//! Bands of scale factors, and the regions of a spectrum that end with them.

use mt_scanner_formats::structure::MpegHeader;

/// Values of a spectrum.
pub const LINES: usize = 576;

/// What a sample rate decides.
#[derive(Debug, Clone, Copy)]
pub struct Bands {
    /// Whether the stream is one of ISO/IEC 11172-3, with two granules a frame.
    pub is_mpeg1: bool,
    rate: u32,
    ends: &'static [u16; 22],
}

impl Bands {
    /// Those of a frame.
    pub fn of(header: &MpegHeader) -> Self {
        let ends = match header.sample_rate {
            44_100 => &[4, 8, 12, 16, 20, 24, 30, 36, 44, 52, 62, 74, 90, 110, 134, 162, 196, 238, 288, 342, 418, 576],
            48_000 => &[4, 8, 12, 16, 20, 24, 30, 36, 42, 50, 60, 72, 88, 106, 128, 156, 190, 230, 276, 330, 384, 576],
            32_000 => &[4, 8, 12, 16, 20, 24, 30, 36, 44, 54, 66, 82, 102, 126, 156, 194, 240, 296, 364, 448, 550, 576],
            24_000 => {
                &[6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 114, 136, 162, 194, 232, 278, 332, 394, 464, 540, 576]
            }
            8_000 => {
                &[12, 24, 36, 48, 60, 72, 88, 108, 132, 160, 192, 232, 280, 336, 400, 476, 566, 568, 570, 572, 574, 576]
            }
            _ => &[6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576],
        };
        Self { is_mpeg1: header.samples() == 1152, rate: header.sample_rate, ends }
    }

    /// Granules of a frame.
    pub fn granules(&self) -> usize {
        if self.is_mpeg1 { 2 } else { 1 }
    }

    /// The pair at which a region of so many bands ends.
    pub fn end(&self, bands: usize) -> usize {
        self.ends.get(bands - 1).map_or(LINES / 2, |&end| usize::from(end) / 2)
    }

    /// The pair at which the first region ends where the side information does not say it.
    pub fn first_region(&self, is_short: bool) -> usize {
        match (self.is_mpeg1, self.rate) {
            (_, 8_000) if is_short => 36,
            (_, 8_000) => 54,
            (false, _) if !is_short => 27,
            _ => 18,
        }
    }
}
