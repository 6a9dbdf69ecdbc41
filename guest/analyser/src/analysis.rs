//! The work on one file, in bounded pieces.

use std::io;

use mt_scanner_contract::Track;
use mt_scanner_formats::reader::FileReader;
use mt_scanner_formats::structure::{self, Place};
use mt_scanner_formats::{Container, LegacyCharset, blank_track, parse};

use crate::audio::{Decoded, Decoding, Outcome, Wants};
use crate::hash::{Hash, WholeFile};
use crate::input::{Input, Source};
use crate::loudness::Loudness;
use crate::report::{Depth, Findings, Kind, Proof, Report, Verdict, verdict};
use crate::stream::{Desk, Step, Walk, walk};

/// What is to be found out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request {
    /// How closely to look for damage.
    pub depth: Option<Depth>,
    /// Whether to hash the coded audio, and the file.
    pub hashes: bool,
    /// Whether to measure loudness.
    pub loudness: bool,
    /// Whether to take a fingerprint.
    pub fingerprint: bool,
}

impl Request {
    /// Whether every byte of the container is looked at.
    fn is_whole(self) -> bool {
        self.hashes || self.depth >= Some(Depth::Stream)
    }

    fn walks(self) -> bool {
        self.hashes || self.depth.is_some()
    }

    fn decodes(self) -> bool {
        self.loudness || self.fingerprint || self.depth == Some(Depth::Audio)
    }
}

/// The work on one file.
pub struct Analysis {
    source: Source,
    size: u64,
    input: Input,
    request: Request,
    stage: Stage,
    track: Track,
    place: Option<Place>,
    findings: Findings,
    payload: Option<Hash>,
    file: Option<String>,
    proof: Proof,
    audio: Option<Decoded>,
    loudness: Option<Loudness>,
    fingerprint: Option<String>,
    is_bad: bool,
    /// Bytes that finished stages have worked through.
    done: u64,
}

enum Stage {
    Look,
    Walk(Box<dyn Walk>),
    HashFile(Box<WholeFile>),
    Decode(Box<Decoding>),
    Done(String),
}

impl Analysis {
    /// The file at `path` with this many bytes. Nothing is read yet.
    pub fn new(path: &str, source: Source, size: u64, request: Request) -> Self {
        Self {
            input: Input::new(source.clone(), size),
            source,
            size,
            request,
            stage: Stage::Look,
            track: blank_track("", path),
            place: None,
            findings: Findings::default(),
            payload: request.hashes.then(Hash::new),
            file: None,
            proof: Proof::Nothing,
            audio: None,
            loudness: None,
            fingerprint: None,
            is_bad: false,
            done: 0,
        }
    }

    /// The report, once it is done.
    pub fn report(&self) -> Option<&str> {
        match &self.stage {
            Stage::Done(report) => Some(report),
            _ => None,
        }
    }

    /// What the file's own tags and headers say, once it was looked at.
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// Whether the file is damaged or truncated, once it is known.
    pub fn is_bad(&self) -> bool {
        self.is_bad
    }

    /// Bytes worked through, and bytes to work through.
    pub fn progress(&self) -> (u64, u64) {
        let Request { hashes, .. } = self.request;
        let stages = [self.request.walks(), hashes, self.request.decodes()];
        let total = stages.iter().filter(|stage| **stage).count() as u64 * self.size;
        let here = match &self.stage {
            Stage::Look => 0,
            Stage::Walk(walk) => walk.position(),
            Stage::HashFile(file) => file.done(),
            Stage::Decode(decoding) => decoding.position(),
            Stage::Done(_) => total,
        };
        ((self.done + here).min(total), total)
    }

    /// Works on the next piece.
    pub fn step(&mut self) {
        if self.report().is_some() {
            return;
        }
        #[cfg(feature = "misbehave")]
        if let Ok(start) = self.input.at(0, self.size.min(mt_scanner_formats::misbehave::SHOWN)) {
            mt_scanner_formats::misbehave::when_asked(start);
        }
        let stage = std::mem::replace(&mut self.stage, Stage::Look);
        self.stage = self.next(stage).unwrap_or_else(|error| {
            self.findings.of_file(Kind::Unreadable, Verdict::Unchecked, format!("reading the file: {error}"));
            self.proof = Proof::Nothing;
            (self.payload, self.audio, self.loudness, self.fingerprint) = (None, None, None, None);
            self.finish()
        });
    }

    fn next(&mut self, stage: Stage) -> io::Result<Stage> {
        match stage {
            Stage::Look => self.look(),
            Stage::Walk(mut walk) => {
                let mut desk =
                    Desk { input: &mut self.input, findings: &mut self.findings, payload: &mut self.payload };
                match walk.step(&mut desk)? {
                    Step::More => Ok(Stage::Walk(walk)),
                    Step::Done(proof) => {
                        let is_sound = self.findings.worst().is_none_or(|worst| worst < Verdict::Suspicious);
                        self.proof = if is_sound { proof } else { proof.min(Proof::Header) };
                        Ok(self.after_walk())
                    }
                }
            }
            Stage::HashFile(mut file) => {
                if file.step(&mut self.input)? {
                    self.file = Some(file.text());
                    self.done += self.size;
                    return Ok(self.after_hash());
                }
                Ok(Stage::HashFile(file))
            }
            Stage::Decode(mut decoding) => {
                if decoding.step(&mut self.findings) {
                    return Ok(self.after_decoding(*decoding));
                }
                Ok(Stage::Decode(decoding))
            }
            Stage::Done(report) => Ok(Stage::Done(report)),
        }
    }

    /// Finds out what the file is.
    fn look(&mut self) -> io::Result<Stage> {
        if self.size == 0 {
            self.findings.of_file(Kind::Empty, Verdict::Damaged, "the file is empty");
            self.file = self.request.hashes.then(|| WholeFile::new().text());
            return Ok(self.finish());
        }
        let mut reader = FileReader::new(self.source.clone(), self.size);
        parse(&mut reader, &mut self.track, false, LegacyCharset::Off)?;
        let place = structure::place(&mut reader)?;
        self.place = Some(place);
        let Some(container) = place.container else {
            match &self.track.format {
                Some(other) => {
                    self.findings.remark(Kind::NotFollowed, format!("the format {other} is not looked into"));
                }
                None => self.findings.of_file(Kind::NoAudio, Verdict::Damaged, "the content is no known audio format"),
            }
            return Ok(self.after_walk());
        };
        self.compare_extension(container);
        if self.request.walks() {
            return Ok(Stage::Walk(walk(container, place, self.request.is_whole(), &mut self.input)?));
        }
        Ok(self.after_walk())
    }

    fn compare_extension(&mut self, container: Container) {
        let promised = Container::of_extension(&self.track.path).filter(|promised| *promised != container);
        if let Some(promised) = promised {
            let detail = format!("the extension stands for {}, the content is {}", promised.name(), container.name());
            self.findings.of_file(Kind::WrongExtension, Verdict::Suspicious, detail);
        }
    }

    fn after_walk(&mut self) -> Stage {
        if self.request.walks() {
            self.done += self.size;
        }
        if self.request.hashes {
            return Stage::HashFile(Box::new(WholeFile::new()));
        }
        self.after_hash()
    }

    fn after_hash(&mut self) -> Stage {
        let Some((container, place)) = self.place.and_then(|place| Some((place.container?, place))) else {
            return self.finish();
        };
        if !self.request.decodes() {
            return self.finish();
        }
        let Request { depth, loudness, fingerprint, .. } = self.request;
        let is_for_damage = depth == Some(Depth::Audio);
        // Codes tell nothing more where checksums were right.
        let codes = is_for_damage && self.proof < Proof::Checksums;
        let wants = Wants { loudness, fingerprint, is_whole: loudness || is_for_damage, codes };
        match Decoding::begin(self.source.clone(), container, place, wants) {
            Ok(decoding) => Stage::Decode(Box::new(decoding)),
            Err(why) => {
                self.findings.remark(Kind::NoDecoder, why);
                self.finish()
            }
        }
    }

    fn after_decoding(&mut self, decoding: Decoding) -> Stage {
        let said = self.track.duration_ms.filter(|_| !self.track.duration_estimated);
        let outcome = decoding.finish(said, self.track.sample_rate, &mut self.findings);
        let Outcome { proof, audio, loudness, fingerprint } = outcome;
        let is_sound = self.findings.worst().is_none_or(|worst| worst < Verdict::Suspicious);
        if is_sound {
            self.proof = self.proof.max(proof);
        }
        (self.audio, self.loudness, self.fingerprint) = (audio, loudness, fingerprint);
        self.finish()
    }

    fn finish(&mut self) -> Stage {
        let findings = std::mem::take(&mut self.findings);
        let depth = self.request.depth;
        let verdict = depth.map(|_| verdict(findings.worst(), self.proof));
        self.is_bad = verdict.is_some_and(Verdict::is_bad);
        let (findings, more_findings) = findings.into_parts();
        let report = Report {
            path: self.track.path.clone(),
            size: self.size,
            format: self.track.format.clone(),
            codec: self.track.codec.clone(),
            depth,
            verdict,
            proof: depth.map(|_| self.proof),
            findings,
            more_findings,
            payload_hash: self.payload.take().and_then(|payload| payload.text()),
            file_hash: self.file.take(),
            audio: self.audio.take(),
            loudness: self.loudness.take(),
            fingerprint: self.fingerprint.take(),
        };
        // Its maps have text for keys, and its numbers are finite.
        Stage::Done(serde_json::to_string(&report).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use mt_scanner_formats::reader::ReadAt;

    use super::*;
    use crate::drill::{fixtures, report};
    use crate::input::tests::source;

    const HASHES: Request = Request { depth: None, hashes: true, loudness: false, fingerprint: false };

    /// A disk that fails behind its first bytes.
    struct Failing(Vec<u8>, u64);

    impl ReadAt for Failing {
        fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
            if offset + len > self.1 {
                return Err(io::Error::other("io"));
            }
            self.0.as_slice().read_at(offset, len)
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_unchecked_and_has_no_hash() {
        let (_, bytes) = fixtures().into_iter().find(|(name, _)| name == "flac-24-96.flac").unwrap();
        let len = bytes.len() as u64;
        for readable in [0, 38_000] {
            let request = Request { depth: Some(Depth::Stream), ..HASHES };
            let mut work = Analysis::new("a.flac", Source::new(Failing(bytes.clone(), readable)), len, request);
            while work.report().is_none() {
                work.step();
            }
            let said: serde_json::Value = serde_json::from_str(work.report().unwrap()).unwrap();
            assert_eq!((&said["verdict"], &said["proof"]), (&"unchecked".into(), &"nothing".into()), "{said}");
            assert_eq!(said["findings"][0]["kind"], "unreadable");
            assert!(said["payload_hash"].is_null() && said["file_hash"].is_null());
        }
    }

    #[test]
    fn tags_around_the_audio_leave_its_hash_as_it_is() {
        for (name, bytes) in fixtures().into_iter().filter(|(name, _)| name.ends_with("mp3") || name.ends_with("aac")) {
            let tagged = [b"ID3\x04\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0".as_slice(), &bytes].concat();
            let (one, other) = (report(&name, &bytes, HASHES), report(&name, &tagged, HASHES));
            assert_eq!(one["payload_hash"], other["payload_hash"], "{name}");
            assert_ne!(one["file_hash"], other["file_hash"], "{name}");
            assert!(one["verdict"].is_null() && one["payload_hash"].as_str().unwrap().len() == 64);
        }
    }

    #[test]
    fn the_hash_of_a_file_is_that_of_its_bytes() {
        let (name, bytes) = fixtures().swap_remove(0);
        for bytes in [&bytes[..], &[]] {
            assert_eq!(report(&name, bytes, HASHES)["file_hash"], blake3::hash(bytes).to_hex().to_string());
        }
        assert!(report(&name, &[], HASHES)["payload_hash"].is_null());
    }

    #[test]
    fn progress_goes_forward_to_its_total_in_small_steps() {
        for (name, bytes) in fixtures() {
            let len = bytes.len() as u64;
            let request = Request { depth: Some(Depth::Audio), hashes: true, loudness: true, fingerprint: true };
            let mut work = Analysis::new(&name, source(bytes), len, request);
            let mut before = 0;
            while work.report().is_none() {
                work.step();
                let (done, total) = work.progress();
                assert!(total == 3 * len && done <= total, "{name} {done} {total}");
                // Decoders look at the end of a file first.
                assert!(done + len >= before, "{name} {done} {before}");
                before = done;
            }
            assert_eq!(work.progress(), (3 * len, 3 * len), "{name}");
        }
    }
}
