//! ADTS streams (ISO/IEC 13818-7, section 6.2): frames with a length each and nothing that says how many there are.

use std::io;

use crate::reader::{FileReader, ReadAt};

/// How much of a stream is looked at: about four seconds of music.
pub const SAMPLE: u64 = 96 * 1024;

/// Sample rates by their index.
const RATES: [u64; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// What the frames say of the whole stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Length {
    /// Duration in ms: exact when the sample holds the whole stream, else in proportion.
    pub duration_ms: u64,
    /// Mean bit rate of the sample in kbit/s.
    pub bitrate: u32,
}

/// Measures the stream that begins at `start`. `None` when no frame is there.
pub fn measure<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Length>> {
    let end = reader.len();
    let (mut position, mut blocks, mut rate) = (start, 0, 0);
    let mut header = [0; 7];
    while position < end.min(start + SAMPLE) && reader.peek(position, &mut header)? {
        let len = u64::from(header[3] & 3) << 11 | u64::from(header[4]) << 3 | u64::from(header[5] >> 5);
        let index = usize::from(header[2] >> 2 & 15);
        if header[0] != 0xff || header[1] & 0xf6 != 0xf0 || len < 7 || index >= RATES.len() {
            break;
        }
        rate = RATES[index];
        blocks += u64::from(header[6] & 3) + 1;
        position += len;
    }
    let seen = position - start;
    let samples = blocks * 1024;
    if samples == 0 {
        return Ok(None);
    }
    // Whatever follows the last frame of a stream that was seen whole is a tag.
    let stream = if seen < SAMPLE { seen } else { end - start };
    let milliseconds = |samples: u64| (samples * 1000 + rate / 2) / rate;
    let duration_ms = milliseconds((u128::from(samples) * u128::from(stream) / u128::from(seen)) as u64);
    let bitrate = (seen * 8 + milliseconds(samples) / 2) / milliseconds(samples).max(1);
    Ok(Some(Length { duration_ms, bitrate: bitrate as u32 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::tests::reader;

    fn frame(len: usize) -> Vec<u8> {
        let mut frame = vec![0xff, 0xf1, 4 << 2, 0x80 | (len >> 11) as u8, (len >> 3) as u8, (len as u8) << 5, 0];
        frame.resize(len, 0);
        frame
    }

    #[test]
    fn a_short_stream_is_counted_exactly() {
        let stream = [vec![1; 50], frame(300).repeat(45), vec![b'T'; 128]].concat();
        let length = measure(&mut reader(stream), 50).unwrap().unwrap();
        assert_eq!(length, Length { duration_ms: 1045, bitrate: 103 });
    }

    #[test]
    fn a_long_stream_is_measured_in_proportion() {
        let length = measure(&mut reader(frame(400).repeat(10_000)), 0).unwrap().unwrap();
        assert!(length.duration_ms.abs_diff(232_200) < 10, "{length:?}");
    }

    #[test]
    fn what_has_no_frame_has_no_length() {
        assert_eq!(measure(&mut reader(vec![0; 100]), 0).unwrap(), None);
    }
}
