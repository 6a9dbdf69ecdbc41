use serde_json::{Value, json};

use super::sounds::COMPARED;
use super::*;
use crate::drill::Chance;

/// A track with nothing to say for itself.
pub fn track(id: i64) -> Track {
    let row = json!([
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

fn grouped(tracks: Vec<Track>) -> Grouping {
    let mut grouping = Grouping { tracks, ..Grouping::default() };
    let mut before = 0;
    while grouping.groups().is_none() {
        grouping.step();
        let (done, total) = grouping.progress();
        assert!(before <= done && done <= total, "{before} {done} {total}");
        before = done;
    }
    let (done, total) = grouping.progress();
    assert_eq!(done, total);
    grouping
}

fn groups(tracks: Vec<Track>) -> Vec<Value> {
    serde_json::from_str(grouped(tracks).groups().unwrap()).unwrap()
}

/// The kinds of groups with the ids of their tracks.
fn told(groups: &[Value]) -> Vec<(&str, Vec<i64>)> {
    let ids =
        |group: &Value| group["tracks"].as_array().unwrap().iter().map(|track| track["id"].as_i64().unwrap()).collect();
    groups.iter().map(|group| (group["kind"].as_str().unwrap(), ids(group))).collect()
}

fn hashed(id: i64, payload: &str, file: &str) -> Track {
    Track { payload_hash: Some(payload.into()), file_hash: Some(file.into()), ..track(id) }
}

fn music(seed: u64) -> Box<[u32]> {
    let mut chance = Chance(seed * 77 + 1);
    let mut item = 0;
    (0..COMPARED)
        .map(|_| {
            (0..chance.below(8)).for_each(|_| item ^= 1_u32 << chance.below(32));
            item
        })
        .collect()
}

fn heard(id: i64, seed: u64) -> Track {
    Track { fingerprint: Some(music(seed)), ..track(id) }
}

#[test]
fn the_best_of_a_stronger_group_stands_for_it_in_a_weaker_one() {
    let tracks = vec![
        // Two copies, one more with other tags, and one in another encoding.
        Track { fingerprint: Some(music(1)), ..hashed(1, "p", "f") },
        Track { fingerprint: Some(music(1)), ..hashed(2, "p", "f") },
        Track { tags: 9, fingerprint: Some(music(1)), ..hashed(3, "p", "g") },
        Track { codec: Some("flac".into()), fingerprint: Some(music(1)), ..hashed(4, "q", "h") },
        Track { fingerprint: Some(music(2)), ..hashed(5, "r", "i") },
    ];
    let groups = groups(tracks);
    assert_eq!(told(&groups), [("copy", vec![1, 2]), ("same-audio", vec![3, 1]), ("same-recording", vec![4, 3])]);
    let [copy, audio, recording] = &groups[..] else { panic!() };
    assert_eq!((&copy["tracks"][0]["why"], &copy["tracks"][1]["why"]), (&json!(["older-row"]), &json!([])));
    assert_eq!(audio["tracks"][0]["why"], json!(["better-tagged"]));
    assert_eq!(recording["tracks"][0]["why"], json!(["lossless"]));
    assert_eq!((&recording["tracks"][0]["score"], &recording["tracks"][1]["score"]), (&json!(null), &json!(0.0)));
    assert_eq!((&recording["tracks"][0]["keep"], &recording["tracks"][1]["keep"]), (&json!(true), &json!(false)));
    assert_eq!(recording["tracks"][1]["path"], "3.mp3");
}

#[test]
fn groups_are_in_the_order_of_kind_and_path() {
    let tracks = vec![
        hashed(9, "z", "z"),
        hashed(8, "z", "z"),
        hashed(3, "a", "a"),
        hashed(4, "a", "b"),
        hashed(1, "y", "y"),
        hashed(2, "y", "y"),
    ];
    assert_eq!(told(&groups(tracks)), [("copy", vec![1, 2]), ("copy", vec![8, 9]), ("same-audio", vec![3, 4])]);
}

#[test]
fn a_recording_of_another_length_is_another() {
    let with = |ms| Track { duration_ms: Some(ms), ..heard(2, 1) };
    for (ms, is_same) in [(200_000, true), (193_500, true), (220_000, true), (230_000, false), (150_000, false)] {
        assert_eq!(groups(vec![heard(1, 1), with(ms)]).len(), usize::from(is_same), "{ms}");
    }
}

#[test]
fn each_of_a_group_sounds_like_the_one_that_is_kept() {
    // The second begins later than the first, the third later than the second.
    let whole = [music(1), music(2)].concat();
    let part = |id, from: usize| Track { fingerprint: Some(whole[from..from + COMPARED].into()), ..track(id) };
    let groups = groups(vec![part(1, 0), part(2, 80), part(3, 160)]);
    assert_eq!(told(&groups), [("same-recording", vec![1, 2])]);
    assert_eq!(groups[0]["tracks"][1]["offset_ms"], -9905);
    let kept_later = super::tests::groups(vec![part(1, 0), Track { tags: 9, ..part(2, 80) }, part(3, 160)]);
    assert_eq!(told(&kept_later), [("same-recording", vec![2, 1, 3])]);
    assert_eq!(
        (&kept_later[0]["tracks"][1]["offset_ms"], &kept_later[0]["tracks"][2]["offset_ms"]),
        (&json!(9905), &json!(-9905))
    );
}

#[test]
fn tags_alone_are_a_hint_for_what_sounds_otherwise() {
    let called = |track: Track, song: &str| Track { song: Some(song.into()), ..track };
    let recorded = |track: Track| Track { recording: Some("mbid".into()), ..track };
    let long = Track { duration_ms: Some(400_000), ..heard(5, 5) };
    let tracks = vec![
        called(heard(1, 1), "a/x"),
        called(heard(2, 1), "a/x"),
        called(heard(3, 3), "a/x"),
        recorded(called(heard(4, 4), "a/x")),
        called(long, "a/x"),
        recorded(called(heard(6, 6), "a/y")),
        called(heard(7, 7), "a/z"),
    ];
    assert_eq!(told(&groups(tracks)), [("same-recording", vec![1, 2]), ("same-song", vec![1, 3, 4, 6])]);
}

#[test]
fn a_damaged_file_is_not_the_one_to_keep_and_says_so() {
    let damaged = Track { verdict: Some("damaged".into()), tags: 9, ..hashed(1, "p", "f") };
    let groups = groups(vec![damaged, hashed(2, "p", "g")]);
    assert_eq!(told(&groups), [("same-audio", vec![2, 1])]);
    assert_eq!(
        (&groups[0]["tracks"][0]["why"], &groups[0]["tracks"][1]["why"]),
        (&json!(["undamaged"]), &json!(["damaged"]))
    );
}

#[test]
fn rows_are_taken_until_tracks_are_compared_and_only_of_this_form() {
    let row =
        |id| json!([id, "/m", "a", 1, null, null, null, null, null, null, 0, null, null, null, null, null, "f", "?"]);
    let mut grouping = Grouping::default();
    grouping.add(&json!([row(1)]).to_string()).unwrap();
    grouping.add(&json!([row(2)]).to_string()).unwrap();
    for wrong in ["", "{}", "[[1]]", "[1]", "[[null]]"] {
        assert!(matches!(grouping.add(wrong), Err(ScanError::InvalidRequest(_))), "{wrong}");
    }
    grouping.step();
    assert!(matches!(grouping.add("[]"), Err(ScanError::InvalidRequest(_))));
    while grouping.groups().is_none() {
        grouping.step();
    }
    assert_eq!(told(&serde_json::from_str::<Vec<Value>>(grouping.groups().unwrap()).unwrap()), [("copy", vec![1, 2])]);
    assert_eq!(groups(vec![]), Vec::<Value>::new());
}

/// `cargo test --release -p mt-scanner-analyser -- a_large_library --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn a_large_library_takes_some_seconds_and_little_memory() {
    const TRACKS: i64 = 42_000;
    let mut grouping = Grouping::default();
    for page in 0..TRACKS / 500 {
        let row = |id: i64| {
            // One in ten is another encoding of the one before.
            let is_again = id % 10 == 1;
            let mut chance = Chance(id as u64);
            let mut items = [music((id - i64::from(is_again)) as u64), music(id as u64 + 1_000_000)].concat();
            items
                .iter_mut()
                .filter(|_| is_again)
                .for_each(|item| *item ^= (chance.below(2) as u32) << chance.below(32));
            let path = format!("Some Artist/Some Album of the Year {}/{id:02} - A Title as It Is.mp3", id / 12);
            json!([
                id,
                "/music",
                path,
                8_000_000,
                "mp3",
                "mp3",
                256,
                44100,
                null,
                150_000 + (id - i64::from(is_again)) * 7919 % 200_000,
                9,
                format!("Title {id}"),
                format!("Artist {}", id % 900),
                null,
                "unchecked",
                format!("{id:064x}"),
                format!("{:064x}", id + 1),
                crate::fingerprint::text(&items)
            ])
        };
        let rows: Vec<Value> = (page * 500..(page + 1) * 500).map(row).collect();
        grouping.add(&Value::from(rows).to_string()).unwrap();
    }
    let start = std::time::Instant::now();
    let mut longest = std::time::Duration::ZERO;
    while grouping.groups().is_none() {
        let step = std::time::Instant::now();
        grouping.step();
        longest = longest.max(step.elapsed());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("{:?}, the longest step {longest:?}, {memory}, {} pairs", start.elapsed(), grouping.pairs.len());
    assert_eq!(grouping.groups.iter().filter(|group| group.kind == Kind::SameRecording).count(), 4_200);
    assert!(start.elapsed().as_secs() < 30 && longest.as_secs() < 2);
}
