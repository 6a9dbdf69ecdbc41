//! The checksums of containers.

use crc::{Algorithm, CRC_16_ARC, CRC_16_CMS, CRC_16_UMTS, Crc, Digest, Table};

/// Sixteen bytes a turn: most of a FLAC file is read for its checksum alone.
pub type Fast = Table<16>;

/// Of a FLAC frame (RFC 9639, section 9.3). Over a frame with its checksum it is 0.
pub static FLAC: Crc<u16, Fast> = Crc::<u16, Fast>::new(&CRC_16_UMTS);
/// Of headers and side information of an MPEG frame (ISO/IEC 11172-3, section 2.4.3.1).
pub static MPEG: Crc<u16, Fast> = Crc::<u16, Fast>::new(&CRC_16_CMS);
/// Of LAME's header and of the music behind it ("Mp3 Info Tag revision 1").
pub static LAME: Crc<u16, Fast> = Crc::<u16, Fast>::new(&CRC_16_ARC);
/// Of an Ogg page (RFC 3533, section 6).
pub static OGG: Crc<u32, Fast> = Crc::<u32, Fast>::new(&OGG_PAGE);

const OGG_PAGE: Algorithm<u32> = Algorithm {
    width: 32,
    poly: 0x04c1_1db7,
    init: 0,
    refin: false,
    refout: false,
    xorout: 0,
    check: 0x89a1_897f,
    residue: 0,
};

/// A checksum of 16 bits on its way.
pub type Running = Digest<'static, u16, Fast>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_checksum_has_its_check_value() {
        // The catalogue's test: the digits from 1 to 9.
        assert_eq!(OGG.checksum(b"123456789"), OGG_PAGE.check);
        assert_eq!([&FLAC, &MPEG, &LAME].map(|crc| crc.checksum(b"123456789")), [0xfee8, 0xaee7, 0xbb3d]);
    }
}
