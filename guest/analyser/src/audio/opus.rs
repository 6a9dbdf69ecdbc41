//! Opus for symphonia, which reads its containers and has no decoder of it: `opus-pure` decodes.

use opus_pure::{ChannelLayout, OpusMSDecoder, packet};
use symphonia::core::audio::{AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels};
use symphonia::core::audio::{GenericAudioBufferRef, Position};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result, decode_error, unsupported_error};
use symphonia::core::packet::PacketRef;

/// Opus is decoded at 48 kHz, whatever the encoder was fed with (RFC 7845, section 5.1).
const RATE: u32 = 48_000;
/// The most samples that a packet has of each channel: 120 ms (RFC 6716, section 3.2.5).
const LONGEST: usize = 5760;

static INFO: CodecInfo = CodecInfo { short_name: "opus", long_name: "Opus", profiles: &[] };

/// The identification header (RFC 7845, section 5.1).
#[derive(Debug, PartialEq)]
struct Head {
    channels: u8,
    pre_skip: u16,
    /// In 1/256 dB.
    gain: i16,
    family: u8,
}

impl Head {
    /// Takes it apart. `Err`: why streams like this one are not decoded.
    fn of(bytes: &[u8]) -> std::result::Result<Self, &'static str> {
        let [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', version, channels, numbers @ ..] = bytes else {
            return Err("opus: there is no header");
        };
        let [skip @ .., gain0, gain1, family] = numbers.first_chunk::<9>().ok_or("opus: the header is cut off")?;
        let (skip, gain) = ([skip[0], skip[1]], [*gain0, *gain1]);
        // MP4's copy of the header has version 0, and numbers with the highest byte first.
        let (pre_skip, gain) = match version {
            0 => (u16::from_be_bytes(skip), i16::from_be_bytes(gain)),
            _ => (u16::from_le_bytes(skip), i16::from_le_bytes(gain)),
        };
        let layout = ChannelLayout::surround((*channels).into(), *family)
            .map_err(|_| "opus: this number of channels or channel mapping family is not decoded")?;
        // Family 0 has no table. Encoders write the same one for all streams of family 1.
        let table = [&[layout.nb_streams as u8, layout.nb_coupled_streams as u8], layout.mapping.as_slice()].concat();
        if *family != 0 && !numbers[9..].starts_with(&table) {
            return Err("opus: another channel mapping than encoders write is not decoded");
        }
        Ok(Self { channels: *channels, pre_skip, gain, family: *family })
    }

    /// Where channels lie, in the order in which they are decoded (RFC 7845, section 5.1.1.2).
    fn positions(&self) -> &'static [Position] {
        const LEFT: Position = Position::FRONT_LEFT;
        const RIGHT: Position = Position::FRONT_RIGHT;
        const CENTER: Position = Position::FRONT_CENTER;
        const LFE: Position = Position::LFE1;
        const REAR: [Position; 2] = [Position::REAR_LEFT, Position::REAR_RIGHT];
        const SIDE: [Position; 2] = [Position::SIDE_LEFT, Position::SIDE_RIGHT];
        match self.channels {
            1 => &[LEFT],
            2 => &[LEFT, RIGHT],
            3 => &[LEFT, CENTER, RIGHT],
            4 => &[LEFT, RIGHT, REAR[0], REAR[1]],
            5 => &[LEFT, CENTER, RIGHT, REAR[0], REAR[1]],
            6 => &[LEFT, CENTER, RIGHT, REAR[0], REAR[1], LFE],
            7 => &[LEFT, CENTER, RIGHT, SIDE[0], SIDE[1], Position::REAR_CENTER, LFE],
            _ => &[LEFT, CENTER, RIGHT, SIDE[0], SIDE[1], REAR[0], REAR[1], LFE],
        }
    }
}

/// A decoder of one stream.
pub struct Opus {
    parameters: AudioCodecParameters,
    decoder: OpusMSDecoder,
    positions: &'static [Position],
    /// Samples that are still to be left out of what is decoded.
    skip: usize,
    /// What a packet was decoded to, interleaved.
    samples: Vec<f32>,
    planes: AudioBuffer<f32>,
}

impl Opus {
    /// For a stream with these parameters.
    pub fn new(parameters: &AudioCodecParameters) -> Result<Self> {
        let head = match Head::of(parameters.extra_data.as_deref().unwrap_or_default()) {
            Ok(head) => head,
            Err(why) => return unsupported_error(why),
        };
        let failed = |_| Error::Unsupported("opus: the decoder does not take the stream");
        let mut decoder = OpusMSDecoder::new(RATE as i32, head.channels.into(), head.family).map_err(failed)?;
        // The gain is no tag: every decoder applies it.
        decoder.streams_mut().iter_mut().for_each(|stream| stream.gain_q8 = head.gain.into());
        let positions = head.positions();
        let all = positions.iter().fold(Position::empty(), |all, position| all | *position);
        let spec = AudioSpec::new(RATE, Channels::Positioned(all));
        Ok(Self {
            parameters: parameters.clone(),
            decoder,
            positions,
            skip: head.pre_skip.into(),
            samples: vec![0.0; LONGEST * positions.len()],
            planes: AudioBuffer::new(spec, LONGEST),
        })
    }

    fn decode_packet(&mut self, packet: &PacketRef<'_>) -> Result<()> {
        self.planes.clear();
        if packet.data.is_empty() {
            return decode_error("opus: the packet is empty");
        }
        let Ok(len @ ..=LONGEST) = packet::samples_48k(packet.data) else {
            return decode_error("opus: the packet has no length that packets have");
        };
        let Ok(len) = self.decoder.decode(packet.data, len, &mut self.samples) else {
            return decode_error("opus: the packet is malformed");
        };
        self.planes.render_uninit(Some(len));
        for (channel, position) in self.positions.iter().enumerate() {
            let samples = self.samples.iter().skip(channel).step_by(self.positions.len());
            if let Some(plane) = self.planes.plane_by_position_mut(*position) {
                plane.iter_mut().zip(samples).for_each(|(to, sample)| *to = *sample);
            }
        }
        let skipped = self.skip.min(len);
        self.skip -= skipped;
        let surplus = usize::try_from(packet.trim_end.get()).unwrap_or(len).min(len - skipped);
        self.planes.trim(skipped, surplus);
        Ok(())
    }
}

impl AudioDecoder for Opus {
    fn reset(&mut self) {
        // It fails for rates and numbers of channels that `new` has not taken.
        let _ = self.decoder.reset_state();
    }

    fn codec_info(&self) -> &CodecInfo {
        &INFO
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.parameters
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.decode_packet(packet)?;
        Ok(self.last_decoded())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.planes.as_generic_audio_buffer_ref()
    }
}

#[cfg(test)]
mod tests {
    use opus_pure::{Application, OpusMSEncoder};
    use symphonia::core::audio::Audio;
    use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
    use symphonia::core::packet::{Packet, PacketBuilder};
    use symphonia::core::units::{Duration, Timestamp};

    use super::*;
    use crate::drill::Chance;

    /// 20 ms.
    const FRAME: usize = 960;

    /// The header of a stream as encoders write it.
    fn head(channels: u8, gain: i16, pre_skip: u16) -> Vec<u8> {
        let family = u8::from(channels > 2);
        let layout = ChannelLayout::surround(channels.into(), family).unwrap();
        let mut head = [b"OpusHead\x01".as_slice(), &[channels], &pre_skip.to_le_bytes(), &[0; 4]].concat();
        head.extend(gain.to_le_bytes());
        head.push(family);
        if family != 0 {
            head.extend([layout.nb_streams as u8, layout.nb_coupled_streams as u8]);
            head.extend(layout.mapping);
        }
        head
    }

    fn decoder(head: &[u8]) -> Result<Opus> {
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(CODEC_ID_OPUS).with_extra_data(head.into());
        Opus::new(&parameters)
    }

    fn packet(data: &[u8], trim_end: u64) -> Packet {
        let packet = PacketBuilder::new().track_id(0).pts(Timestamp::ZERO).dur(Duration::from(FRAME as u64));
        packet.data(data).trim_end(Duration::from(trim_end)).build()
    }

    /// Packets of tones, each channel half as loud as the one before.
    fn tones(channels: usize, packets: usize) -> Vec<Vec<u8>> {
        let family = u8::from(channels > 2);
        let mut encoder = OpusMSEncoder::new(RATE as i32, channels, family, Application::Audio).unwrap();
        let sample = |at: usize, channel: usize| (at as f32 * 0.1).sin() * 0.5_f32.powi(1 + channel as i32);
        let encode = |number: usize| {
            let frames = number * FRAME..(number + 1) * FRAME;
            let samples: Vec<f32> =
                frames.flat_map(|at| (0..channels).map(move |channel| sample(at, channel))).collect();
            let mut packet = vec![0; 4000 * channels];
            let len = encoder.encode(&samples, FRAME, &mut packet).unwrap();
            packet.truncate(len);
            packet
        };
        (0..packets).map(encode).collect()
    }

    /// The peaks of the channels, in the order of decoders, of the last packet.
    fn peaks(opus: &Opus) -> Vec<f32> {
        let planes = opus.positions.iter().map(|position| opus.planes.plane_by_position(*position).unwrap());
        planes.map(|plane| plane.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()))).collect()
    }

    #[test]
    fn the_header_is_read_in_the_byte_order_of_its_container() {
        let ogg = head(2, -512, 312);
        let expected = Head { channels: 2, pre_skip: 312, gain: -512, family: 0 };
        assert_eq!(Head::of(&ogg), Ok(expected));
        let mp4 = b"OpusHead\0\x02\x01\x38\0\0\xbb\x80\xfe\0\0";
        assert_eq!(Head::of(mp4), Head::of(&ogg));
        for len in 0..ogg.len() {
            assert!(Head::of(&ogg[..len]).is_err(), "{len}");
        }
    }

    #[test]
    fn layouts_that_no_encoder_writes_are_refused_in_words() {
        let (mut ambisonics, mut swapped, mut none) = (head(4, 0, 0), head(6, 0, 0), head(1, 0, 0));
        ambisonics[18] = 2;
        swapped[21..23].reverse();
        none[9] = 0;
        for wrong in [&ambisonics, &swapped, &none, &head(6, 0, 0)[..23].to_vec()] {
            assert!(decoder(wrong).err().unwrap().to_string().contains("opus: "), "{wrong:?}");
        }
    }

    #[test]
    fn each_channel_is_where_it_belongs() {
        for channels in 1..=8 {
            let mut opus = decoder(&head(channels, 0, 0)).unwrap();
            for data in tones(channels.into(), 10) {
                opus.decode(&packet(&data, 0)).unwrap();
            }
            assert_eq!(opus.planes.spec().channels().count(), usize::from(channels));
            for (channel, peak) in peaks(&opus).into_iter().enumerate() {
                // Low frequencies are cut off, and what is nearly silent is coded coarsely.
                let is_lfe = channels > 5 && channel + 1 == usize::from(channels);
                let expected = 0.5_f32.powi(1 + channel as i32);
                assert!(is_lfe || (0.5..1.5).contains(&(peak / expected)), "{channels} {channel} {peak} {expected}");
            }
        }
    }

    #[test]
    fn the_gain_of_the_header_is_applied() {
        let (mut plain, mut quieter) = (decoder(&head(2, 0, 0)).unwrap(), decoder(&head(2, -6 * 256, 0)).unwrap());
        for data in tones(2, 3) {
            plain.decode(&packet(&data, 0)).unwrap();
            quieter.decode(&packet(&data, 0)).unwrap();
        }
        let ratio = peaks(&quieter)[0] / peaks(&plain)[0];
        assert!((20.0 * ratio.log10() + 6.0).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn what_is_to_be_skipped_and_trimmed_is_left_out() {
        let mut opus = decoder(&head(2, 0, 1000)).unwrap();
        let mut lens = Vec::new();
        for (data, trim) in tones(2, 4).iter().zip([0, 0, 10, 5000]) {
            opus.decode(&packet(data, trim)).unwrap();
            lens.push(opus.planes.frames());
        }
        assert_eq!(lens, [0, 2 * FRAME - 1000, FRAME - 10, 0]);
    }

    #[test]
    fn no_packet_is_more_than_an_error() {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let mut refused = 0;
        for channels in [1, 2, 6] {
            let mut opus = decoder(&head(channels, 0, 312)).unwrap();
            for data in tones(channels.into(), 60) {
                let mut data = data;
                match chance.below(4) {
                    0 => data.truncate(chance.below(data.len() as u64) as usize),
                    1 => data[0] = chance.below(256) as u8,
                    2 => (0..chance.below(40)).for_each(|at| data[at as usize % 9] = chance.below(256) as u8),
                    _ => data = (0..chance.below(1300)).map(|_| chance.below(256) as u8).collect(),
                }
                refused += u32::from(opus.decode(&packet(&data, 0)).is_err());
                assert!(opus.planes.frames() <= LONGEST && peaks(&opus).iter().all(|peak| peak.is_finite()));
            }
        }
        assert!(refused > 20, "{refused}");
    }
}
