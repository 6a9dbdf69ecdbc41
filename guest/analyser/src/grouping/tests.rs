use serde_json::Value;

use super::*;

/// A track of some format, with nothing to say for itself.
pub fn track(id: i64) -> Track {
    let row = serde_json::json!([
        id,
        "/music",
        format!("{id}.mp3"),
        100,
        "mp3",
        "mp3",
        192,
        44100,
        null,
        200_000,
        3,
        null,
        null,
        null,
        null,
        null,
        null,
        null
    ]);
    Track::of(serde_json::from_value(row).unwrap(), &mut Shared::default())
}

fn groups(tracks: Vec<Track>) -> Value {
    let mut grouping = Grouping { tracks, ..Grouping::default() };
    let mut before = 0;
    while grouping.groups().is_none() {
        grouping.step();
        let (done, total) = grouping.progress();
        assert!(before <= done && done <= total);
        before = done;
    }
    serde_json::from_str(grouping.groups().unwrap()).unwrap()
}

/// Reads JSON lines of the command `fingerprint`, and says what is found: names before the first `-N.`.
#[test]
#[ignore = "an experiment"]
fn experiment() {
    let text = std::fs::read_to_string(std::env::var("LINES").unwrap()).unwrap();
    let mut tracks = Vec::new();
    let mut sum = 0;
    for (id, line) in text.lines().enumerate() {
        let report: Value = serde_json::from_str(line).unwrap();
        let mut track = track(id as i64 + 1);
        track.path = report["path"].as_str().unwrap().into();
        track.fingerprint = report["fingerprint"].as_str().map(str::to_owned);
        sum += track.fingerprint.as_ref().map_or(0, String::len);
        track.duration_ms = Some(60_000);
        tracks.push(track);
    }
    println!("{} tracks, {} bytes", tracks.len(), sum);
    let name = |path: &str| path[..path.find('.').unwrap()].to_owned();
    let mut grouping = Grouping { tracks, ..Grouping::default() };
    let start = std::time::Instant::now();
    while grouping.groups().is_none() {
        grouping.step();
    }
    println!("{:?}", start.elapsed());
    let (mut right, mut wrong) = (0, 0);
    let (mut worst, mut best) = (0.0_f64, 32.0_f64);
    let mut found = std::collections::HashSet::new();
    for (&(one, other), likeness) in &grouping.pairs {
        let (a, b) = (&grouping.tracks[one].path, &grouping.tracks[other].path);
        if name(a) == name(b) {
            right += 1;
            worst = worst.max(likeness.score);
            found.insert((one, other));
        } else {
            wrong += 1;
            best = best.min(likeness.score);
            println!("WRONG {a} {b} {likeness:?}");
        }
    }
    let mut all = 0;
    let mut missed = std::collections::BTreeMap::new();
    for one in 0..grouping.tracks.len() {
        for other in one + 1..grouping.tracks.len() {
            let (a, b) = (&grouping.tracks[one].path, &grouping.tracks[other].path);
            if name(a) == name(b) {
                all += 1;
                if !found.contains(&(one, other)) {
                    let kind = |path: &str| path[path.find('.').unwrap()..].to_owned();
                    *missed.entry((kind(a), kind(b))).or_insert(0) += 1;
                }
            }
        }
    }
    println!("right {right} of {all}, wrong {wrong}, worst right {worst}, best wrong {best}, missed {missed:?}");
    let hist = grouping.pairs.values().fold([0; 33], |mut h, l| {
        h[(l.score * 2.0) as usize] += 1;
        h
    });
    println!("{hist:?}");
}
