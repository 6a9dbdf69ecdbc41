//! Decodes the audio of a file to its end.

mod opus;
mod section;
#[cfg(test)]
pub mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mt_scanner_formats::Container;
use mt_scanner_formats::structure::Place;
use serde::Serialize;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP3, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::units::TimeBase;
use symphonia::default::formats::{AdtsReader, AiffReader, FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader};

use self::opus::Opus;
use self::section::Section;
use crate::bitstream::Bitstream;
use crate::fingerprint::Taking;
use crate::input::Source;
use crate::loudness::{Loudness, Meter};
use crate::report::{Findings, Kind, Proof, Verdict};

/// From here on a sample is at full scale: the largest of 16 bits is 32767 / 32768.
const FULL: f32 = 0.999_96;
/// As many in a row are clipped, and no peak that happens to be that high.
const ROW: u32 = 3;
/// The length that a file says may be longer than what is decoded by this much, in ms: decoders
/// leave out what an encoder has added, and lengths are rounded to frames.
const TOLERANCE: u64 = 100;
/// Silence is what 16 bits cannot hold.
const SILENCE: f32 = 1.0 / 65_536.0;

/// What decoded audio is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decoded {
    /// Of each channel.
    pub samples: u64,
    /// In Hz.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
    /// The highest sample as part of full scale.
    pub peak: f32,
    /// Samples in rows at full scale.
    pub clipped: u64,
    /// Whether no sample is louder than silence.
    pub is_silent: bool,
}

/// What decoded audio is for, beside its verdict.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    /// Loudness.
    pub loudness: bool,
    /// A fingerprint.
    pub fingerprint: bool,
    /// All of the audio; else it is enough when the fingerprint is taken.
    pub is_whole: bool,
    /// Whether codes end where they should.
    pub codes: bool,
}

/// What decoding led to.
pub struct Outcome {
    /// How much held.
    pub proof: Proof,
    /// `None` where not all was decoded.
    pub audio: Option<Decoded>,
    pub loudness: Option<Loudness>,
    pub fingerprint: Option<String>,
}

/// A decoding on its way.
pub struct Decoding {
    reader: Box<dyn FormatReader>,
    /// Or why there is none: then codes alone are followed.
    decoder: Result<Box<dyn AudioDecoder>, String>,
    /// Where damage is looked for, and the codec's codes are followed.
    bitstream: Option<Bitstream>,
    track: u32,
    time_base: Option<TimeBase>,
    /// Where no decoder counts samples, the time of the packet in ms.
    followed: u64,
    decoded: Decoded,
    /// Samples of each channel that could not be decoded, about.
    lost: u64,
    /// How many samples stand at full scale now, by channel.
    rows: Vec<u32>,
    samples: Vec<f32>,
    meter: Option<Meter>,
    taking: Option<Taking>,
    wants: Wants,
    reached: Arc<AtomicU64>,
    is_damaged: bool,
}

impl Decoding {
    /// Begins to decode what lies there. `Err`: why not, in words.
    pub fn begin(source: Source, container: Container, place: Place, wants: Wants) -> Result<Self, String> {
        let reached = Arc::new(AtomicU64::new(place.start));
        let section = Section::new(source, place, reached.clone());
        let reader = open(container, MediaSourceStream::new(Box::new(section), Default::default()))?;
        let (track, parameters) = track(reader.as_ref())?;
        let bitstream = wants.codes.then(|| Bitstream::new(parameters)).flatten();
        let decoder = decoder(track, parameters);
        if let (Err(why), None) = (&decoder, &bitstream) {
            return Err(why.clone());
        }
        let (track, time_base) = (track.id, track.time_base);
        Ok(Self {
            reader,
            decoder,
            bitstream,
            track,
            time_base,
            followed: 0,
            decoded: Decoded { samples: 0, sample_rate: 0, channels: 0, peak: 0.0, clipped: 0, is_silent: true },
            lost: 0,
            rows: Vec::new(),
            samples: Vec::new(),
            meter: None,
            taking: None,
            wants,
            reached,
            is_damaged: false,
        })
    }

    /// How far the file was read.
    pub fn position(&self) -> u64 {
        self.reached.load(Ordering::Relaxed)
    }

    /// Decodes the next packet. Says whether that was the last.
    pub fn step(&mut self, findings: &mut Findings) -> bool {
        if self.has_enough() {
            return true;
        }
        let packet = match self.reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => return true,
            Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.damage(findings, Kind::CutOff, Verdict::Truncated, "the file ends within a packet".into());
                return true;
            }
            Err(Error::ResetRequired) => return !self.go_on(findings),
            Err(error) => {
                self.damage(findings, Kind::Decode, Verdict::Damaged, format!("packets cannot be read: {error}"));
                return true;
            }
        };
        if packet.track_id != self.track {
            return false;
        }
        if self.decoder.is_err() {
            let time = self.time_base.and_then(|base| base.calc_time(packet.pts));
            self.followed = time.map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(0));
        }
        let ms = self.time();
        if let Some(bitstream) = &mut self.bitstream {
            bitstream.take(&packet.data, ms);
        }
        let Ok(decoder) = &mut self.decoder else { return false };
        match decoder.decode(&packet) {
            Ok(audio) => {
                let (rate, channels) = (audio.spec().rate(), audio.spec().channels().count() as u32);
                audio.copy_to_vec_interleaved::<f32>(&mut self.samples);
                self.take(rate, channels, findings);
            }
            Err(error @ (Error::DecodeError(_) | Error::IoError(_) | Error::LimitError(_))) => {
                self.damage(findings, Kind::Decode, Verdict::Damaged, format!("a packet cannot be decoded: {error}"));
                self.lost += packet.dur.get();
            }
            Err(Error::ResetRequired) => decoder.reset(),
            Err(error) => {
                self.damage(findings, Kind::Decode, Verdict::Damaged, format!("decoding ended: {error}"));
                return true;
            }
        }
        false
    }

    /// Goes on with the next of chained streams, which has headers of its own. Says whether there
    /// is a decoder for it.
    fn go_on(&mut self, findings: &mut Findings) -> bool {
        let next = track(self.reader.as_ref());
        match next.and_then(|(track, parameters)| Ok((track.id, decoder(track, parameters)?))) {
            Ok((track, decoder)) => (self.track, self.decoder) = (track, Ok(decoder)),
            Err(why) => {
                self.damage(findings, Kind::Decode, Verdict::Suspicious, format!("the next stream: {why}"));
                return false;
            }
        }
        true
    }

    /// Whether nobody wants what is left.
    fn has_enough(&self) -> bool {
        !self.wants.is_whole && self.taking.as_ref().is_some_and(Taking::is_full)
    }

    fn damage(&mut self, findings: &mut Findings, kind: Kind, verdict: Verdict, detail: String) {
        self.is_damaged = true;
        findings.at_time(self.time(), kind, verdict, detail);
    }

    /// How much was played, in ms.
    fn time(&self) -> u64 {
        match self.decoded.sample_rate {
            0 => self.followed,
            rate => (self.decoded.samples + self.lost) * 1000 / u64::from(rate),
        }
    }

    /// Takes the samples that were decoded.
    fn take(&mut self, rate: u32, channels: u32, findings: &mut Findings) {
        if channels == 0 || self.samples.is_empty() {
            return;
        }
        let decoded = &mut self.decoded;
        if decoded.sample_rate == 0 {
            (decoded.sample_rate, decoded.channels) = (rate, channels);
            self.rows = vec![0; channels as usize];
            self.meter = self.wants.loudness.then(|| Meter::new(channels, rate)).flatten();
            self.taking = self.wants.fingerprint.then(|| Taking::new(channels, rate)).flatten();
        } else if (decoded.sample_rate, decoded.channels) != (rate, channels) {
            let detail = "the audio goes on with another rate or number of channels";
            self.damage(findings, Kind::Decode, Verdict::Suspicious, detail.into());
            (self.meter, self.taking) = (None, None);
            return;
        }
        decoded.samples += self.samples.len() as u64 / u64::from(channels);
        let peak = peak(&self.samples);
        decoded.peak = decoded.peak.max(peak);
        if peak >= FULL || self.rows.iter().any(|row| *row > 0) {
            count_clipped(&self.samples, &mut self.rows, &mut decoded.clipped);
        }
        if let Some(meter) = self.meter.as_mut().filter(|meter| meter.fits(channels, rate)) {
            meter.take(&self.samples);
        }
        if let Some(taking) = self.taking.as_mut().filter(|taking| !taking.is_full()) {
            taking.take(&self.samples);
        }
    }

    /// Judges the whole. `said_ms`: the length that the file says, where it is none that was
    /// estimated; `said_rate`: its sample rate.
    pub fn finish(mut self, said_ms: Option<u64>, said_rate: Option<u32>, findings: &mut Findings) -> Outcome {
        if self.has_enough() {
            let fingerprint = self.taking.and_then(Taking::text);
            return Outcome { proof: Proof::Nothing, audio: None, loudness: None, fingerprint };
        }
        if let Some(bitstream) = &self.bitstream {
            bitstream.finish(findings);
        }
        let decoder = match &mut self.decoder {
            Ok(decoder) => decoder,
            Err(why) => {
                findings.remark(Kind::NoDecoder, why.as_str());
                return Outcome { proof: Proof::Nothing, audio: None, loudness: None, fingerprint: None };
            }
        };
        let verified = decoder.finalize().verify_ok;
        let played = self.time();
        self.decoded.is_silent = self.decoded.peak < SILENCE;
        if let Some(said) = said_ms.filter(|&said| said > played + TOLERANCE) {
            let detail = format!("the file says {said} ms, {played} ms were decoded");
            self.damage(findings, Kind::Length, Verdict::Truncated, detail);
        }
        if self.decoded.samples == 0 && !self.is_damaged {
            self.damage(findings, Kind::NoAudio, Verdict::Damaged, "nothing was decoded".into());
        } else if self.decoded.is_silent {
            findings.of_file(Kind::Silent, Verdict::Suspicious, "the audio is silent throughout");
        }
        if self.decoded.clipped > 0 {
            findings.remark(Kind::Clipped, format!("{} samples are clipped", self.decoded.clipped));
        }
        let is_part = said_rate.is_some_and(|rate| rate != self.decoded.sample_rate && self.decoded.sample_rate > 0);
        if is_part {
            let detail = "the decoder leaves out what doubles the sample rate (SBR of HE-AAC)";
            findings.remark(Kind::NoDecoder, detail);
        }
        // Of what was not decoded there is another MD5 of course.
        if verified == Some(false) && !self.is_damaged {
            let detail = "the decoded samples have another MD5 than the file says";
            findings.of_file(Kind::Checksum, Verdict::Damaged, detail);
        }
        let proof = match verified {
            Some(true) => Proof::Md5,
            _ if self.is_damaged || is_part => Proof::Nothing,
            _ => Proof::Decoded,
        };
        let loudness = self.meter.as_ref().map(Meter::loudness);
        Outcome { proof, audio: Some(self.decoded), loudness, fingerprint: self.taking.and_then(Taking::text) }
    }
}

/// The highest sample as part of full scale. In lanes, which are one vector each; a comparison, as
/// `f32::max` is none of the instructions of vectors.
fn peak(samples: &[f32]) -> f32 {
    let (rows, rest) = samples.as_chunks::<16>();
    let mut lanes = [0.0_f32; 16];
    for row in rows {
        for (lane, sample) in lanes.iter_mut().zip(row) {
            let level = sample.abs();
            *lane = if level > *lane { level } else { *lane };
        }
    }
    lanes.into_iter().chain(rest.iter().map(|sample| sample.abs())).fold(0.0, f32::max)
}

/// Counts samples in rows at full scale; rows go on from one packet to the next.
fn count_clipped(samples: &[f32], rows: &mut [u32], clipped: &mut u64) {
    for frame in samples.chunks_exact(rows.len()) {
        for (sample, row) in frame.iter().zip(&mut *rows) {
            *row = if sample.abs() >= FULL { *row + 1 } else { 0 };
            *clipped += match (*row).cmp(&ROW) {
                std::cmp::Ordering::Less => 0,
                std::cmp::Ordering::Equal => u64::from(ROW),
                std::cmp::Ordering::Greater => 1,
            };
        }
    }
}

/// The reader of a container. What the container is has been found out already.
fn open(container: Container, stream: MediaSourceStream<'static>) -> Result<Box<dyn FormatReader>, String> {
    let options = FormatOptions::default();
    let opened: Result<Box<dyn FormatReader>, Error> = match container {
        Container::Adts => AdtsReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Aiff => AiffReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Flac => FlacReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Mp4 => IsoMp4Reader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Mpeg => MpaReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Ogg => OggReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Wave => WavReader::try_new(stream, options).map(|reader| Box::new(reader) as _),
        Container::Ape | Container::Asf | Container::Musepack | Container::WavPack => {
            return Err("there is no decoder for this format".into());
        }
    };
    opened.map_err(|error| format!("the decoder does not take the file: {error}"))
}

/// The first track of audio, and what its codec is.
fn track(reader: &dyn FormatReader) -> Result<(&Track, &AudioCodecParameters), String> {
    let track = reader.first_track(TrackType::Audio).ok_or("the decoder finds no track of audio")?;
    match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => Ok((track, parameters)),
        _ => Err("the decoder does not know the codec".into()),
    }
}

/// The decoder of a track's codec.
fn decoder(track: &Track, parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, String> {
    // Where no encoder says how long a stream of MPEG is, the reader takes its first bit rates for
    // those of all of it, and has what is behind that cut off as if the encoder had added it.
    let is_guess = parameters.codec == CODEC_ID_MP3 && track.delay.is_none();
    let options = AudioDecoderOptions::default().verify(true).gapless(!is_guess);
    let made = match parameters.codec {
        CODEC_ID_OPUS => Opus::new(parameters).map(|opus| Box::new(opus) as _),
        _ => symphonia::default::get_codecs().make_audio_decoder(parameters, &options),
    };
    made.map_err(|error| format!("there is no decoder: {error}"))
}
