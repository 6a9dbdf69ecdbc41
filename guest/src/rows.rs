//! Tracks as rows: arrays of values in the order of the columns, which are the fields of the record
//! in `wit/types.wit`. The SQL statements and the rows of `step-json` follow the contract's list.

use mt_scanner_contract::{LyricsForm, Track, for_each_column};
use serde::ser::{Serialize, SerializeSeq, Serializer};

/// A row of a track, for serialisation as an array.
pub struct TrackRow<'a>(pub &'a Track);

/// A row for the statement `added`.
pub struct AddedRow<'a> {
    /// The track.
    pub track: &'a Track,
    /// The folder that it is in.
    pub folder: &'a str,
    /// Whether its fingerprint can be trusted.
    pub settled: bool,
}

/// A row for the statement `modified`.
pub struct ModifiedRow<'a> {
    /// The track.
    pub track: &'a Track,
    /// Its row in the library.
    pub id: i64,
}

/// A value that a host can bind to a statement as it is in the row.
trait Bind: Serialize {
    fn bind<S: SerializeSeq>(&self, row: &mut S) -> Result<(), S::Error> {
        row.serialize_element(self)
    }
}

macro_rules! bound_as_they_are {
    ($($type:ty),*) => { $( impl Bind for $type {} )* };
}
bound_as_they_are!(String, u64, i64, Option<String>, Option<u8>, Option<u32>, Option<u64>, Option<f64>, LyricsForm);

impl Bind for bool {
    /// SQLite has no booleans, and `true` would bind differently from host to host.
    fn bind<S: SerializeSeq>(&self, row: &mut S) -> Result<(), S::Error> {
        row.serialize_element(&u8::from(*self))
    }
}

impl Bind for Vec<String> {
    /// As JSON text.
    fn bind<S: SerializeSeq>(&self, row: &mut S) -> Result<(), S::Error> {
        if self.is_empty() {
            return row.serialize_element("[]");
        }
        row.serialize_element(&serde_json::to_string(self).map_err(serde::ser::Error::custom)?)
    }
}

macro_rules! columns {
    ($($field:ident),* $(,)?) => {
        /// The columns of a track's row.
        pub const TRACK_COLUMNS: &[&str] = &[$(stringify!($field)),*];
        /// The columns of a row for the statement `added`.
        pub const ADDED_COLUMNS: &[&str] = &[$(stringify!($field),)* "folder", "settled"];
        /// The columns of a row for the statement `modified`.
        pub const MODIFIED_COLUMNS: &[&str] = &[$(stringify!($field),)* "id"];

        fn write<S: SerializeSeq>(track: &Track, row: &mut S) -> Result<(), S::Error> {
            $( row.serialize_element(&track.$field)?; )*
            Ok(())
        }

        /// Appends a track as a JSON object. Its keys are written as they are: to look into each of
        /// them for what JSON has to escape takes longer than the values do.
        pub fn write_object(track: &Track, text: &mut Vec<u8>) -> serde_json::Result<()> {
            let start = text.len();
            $(
                text.extend_from_slice(concat!(",\"", stringify!($field), "\":").as_bytes());
                serde_json::to_writer(&mut *text, &track.$field)?;
            )*
            text[start] = b'{';
            text.push(b'}');
            Ok(())
        }

        fn bind<S: SerializeSeq>(track: &Track, row: &mut S) -> Result<(), S::Error> {
            $( track.$field.bind(row)?; )*
            Ok(())
        }
    };
}

impl Serialize for TrackRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(TRACK_COLUMNS.len()))?;
        write(self.0, &mut row)?;
        row.end()
    }
}

impl Serialize for AddedRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(ADDED_COLUMNS.len()))?;
        bind(self.track, &mut row)?;
        row.serialize_element(self.folder)?;
        row.serialize_element(&u8::from(self.settled))?;
        row.end()
    }
}

impl Serialize for ModifiedRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(MODIFIED_COLUMNS.len()))?;
        bind(self.track, &mut row)?;
        row.serialize_element(&self.id)?;
        row.end()
    }
}

for_each_column!(columns);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_the_fields_of_the_record_in_its_order() {
        let object = serde_json::to_string(&Track::default()).unwrap();
        let fields: Vec<&str> = object
            .trim_matches(['{', '}'])
            .split(",\"")
            .map(|pair| pair.split("\":").next().unwrap().trim_matches('"'))
            .collect();
        assert_eq!(fields, TRACK_COLUMNS);
    }

    #[test]
    fn an_object_is_what_the_record_serialises_to() {
        let full = Track {
            title: Some("a \"b\"\n".into()),
            artists: vec!["a".into()],
            bpm: Some(1.5),
            track_number: Some(3),
            has_artwork: true,
            ..Track::default()
        };
        for track in [Track::default(), full] {
            let mut text = b"before ".to_vec();
            write_object(&track, &mut text).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), format!("before {}", serde_json::to_string(&track).unwrap()));
        }
    }

    #[test]
    fn what_is_bound_has_lists_as_text_and_booleans_as_numbers() {
        let track = Track { artists: vec!["a".into(), "b\"c".into()], ..Track::default() };
        let row = serde_json::to_value(TrackRow(&track)).unwrap();
        let bound = serde_json::to_value(ModifiedRow { track: &track, id: 1 }).unwrap();
        let place = |name: &str| TRACK_COLUMNS.iter().position(|column| *column == name).unwrap();
        assert_eq!(row[place("artists")], serde_json::json!(["a", "b\"c"]));
        assert_eq!(bound[place("artists")], serde_json::json!(r#"["a","b\"c"]"#));
        assert_eq!(row[place("has_artwork")], serde_json::json!(false));
        assert_eq!(bound[place("has_artwork")], serde_json::json!(0));
    }
}
