//! The identifiers of objects (section 10), as they stand in a file: the first three groups have
//! their bytes turned round.

/// An identifier.
pub(super) type Guid = [u8; 16];

const fn guid(first: u32, second: u16, third: u16, rest: u64) -> Guid {
    let ([a, b, c, d], [e, f], [g, h]) = (first.to_le_bytes(), second.to_le_bytes(), third.to_le_bytes());
    let [i, j, k, l, m, n, o, p] = rest.to_be_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

pub(super) const DATA: Guid = guid(0x75b2_2636, 0x668e, 0x11cf, 0xa6d9_00aa_0062_ce6c);
pub(super) const FILE_PROPERTIES: Guid = guid(0x8cab_dca1, 0xa947, 0x11cf, 0x8ee4_00c0_0c20_5365);
pub(super) const STREAM_PROPERTIES: Guid = guid(0xb7dc_0791, 0xa9b7, 0x11cf, 0x8ee6_00c0_0c20_5365);
pub(super) const HEADER_EXTENSION: Guid = guid(0x5fbf_03b5, 0xa92e, 0x11cf, 0x8ee3_00c0_0c20_5365);
pub(super) const EXTENDED_STREAM_PROPERTIES: Guid = guid(0x14e6_a5cb, 0xc672, 0x4332, 0x8399_a969_5206_5b5a);
pub(super) const STREAM_BITRATE_PROPERTIES: Guid = guid(0x7bf8_75ce, 0x468d, 0x11d1, 0x8d82_0060_97c9_a2b2);
pub(super) const CONTENT_DESCRIPTION: Guid = guid(0x75b2_2633, 0x668e, 0x11cf, 0xa6d9_00aa_0062_ce6c);
pub(super) const EXTENDED_CONTENT_DESCRIPTION: Guid = guid(0xd2d0_a440, 0xe307, 0x11d2, 0x97f0_00a0_c95e_a850);
pub(super) const METADATA: Guid = guid(0xc5f8_cbea, 0x5baf, 0x4877, 0x8467_aa8c_44fa_4cca);
pub(super) const METADATA_LIBRARY: Guid = guid(0x4423_1c94, 0x9498, 0x49d1, 0xa141_1d13_4e45_7054);
pub(super) const CONTENT_ENCRYPTION: Guid = guid(0x2211_b3fb, 0xbd23, 0x11d2, 0xb4b7_00a0_c955_fc6e);
pub(super) const EXTENDED_CONTENT_ENCRYPTION: Guid = guid(0x298a_e614, 0x2622, 0x4c17, 0xb935_dae0_7ee9_289c);
pub(super) const ADVANCED_CONTENT_ENCRYPTION: Guid = guid(0x4305_8533, 0x6981, 0x49e6, 0x9b74_ad12_cb86_d58c);

/// The type of streams of audio.
pub(super) const AUDIO_MEDIA: Guid = guid(0xf869_9e40, 0x5b4d, 0x11cf, 0xa8fd_0080_5f5c_442b);

/// An identifier in the usual notation.
pub(super) fn text(guid: &Guid) -> String {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *guid;
    let rest = u64::from_be_bytes(rest);
    let (first, second, third) =
        (u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f]), u16::from_le_bytes([g, h]));
    format!("{first:08X}-{second:04X}-{third:04X}-{:04X}-{:012X}", rest >> 48, rest & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_written_as_the_specification_has_it() {
        assert_eq!(text(&AUDIO_MEDIA), "F8699E40-5B4D-11CF-A8FD-00805F5C442B");
        assert!(AUDIO_MEDIA.starts_with(&[0x40, 0x9e, 0x69, 0xf8, 0x4d, 0x5b]));
    }
}
