//! Files of a folder, as work has them.

use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{KnownFile, Names};

/// Some files of a folder: their names, and what the library has in these places. In JSON an array
/// of names; where something is known of a file, an array of its name and that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slice {
    /// Each ended by a NUL.
    names: String,
    /// Of the first files what is known, of the others nothing: mostly this is empty.
    known: Vec<Vec<KnownFile>>,
}

impl Slice {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The files, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[KnownFile])> {
        let known = self.known.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        self.names.split_terminator('\0').zip(known)
    }

    /// Takes off all but the first so many.
    pub fn split_off(&mut self, count: usize) -> Self {
        let end: usize = self.iter().take(count).map(|(name, _)| name.len() + 1).sum();
        let known = self.known.split_off(count.min(self.known.len()));
        Self { names: self.names.split_off(end.min(self.names.len())), known }
    }

    /// Very many files as slices.
    pub fn of(names: Names, mut known: impl FnMut(&str) -> Vec<KnownFile>) -> Vec<Self> {
        let mut slice = |names: String| {
            let mut slice = Self::default();
            for (place, name) in names.split_terminator('\0').enumerate() {
                slice.know(place, known(name));
            }
            Self { names, ..slice }
        };
        names.into_texts().into_iter().map(&mut slice).collect()
    }

    /// One slice of all.
    pub fn joined(slices: Vec<Self>) -> Self {
        let (mut joined, mut place) = (Self::default(), 0);
        for slice in slices {
            for (name, known) in slice.iter() {
                joined.know(place, known.to_vec());
                joined.names.extend([name, "\0"]);
                place += 1;
            }
        }
        joined
    }

    /// Notes what is known of a file; of those before it that is done.
    fn know(&mut self, place: usize, known: Vec<KnownFile>) {
        if !known.is_empty() {
            self.known.resize(place, Vec::new());
            self.known.push(known);
        }
    }
}

/// Names that are each ended by a NUL, of files of which nothing is known.
impl From<String> for Slice {
    fn from(names: String) -> Self {
        Self { names, known: Vec::new() }
    }
}

impl From<Slice> for String {
    fn from(slice: Slice) -> Self {
        slice.names
    }
}

/// One file in JSON.
struct Cell<'a>(&'a str, &'a [KnownFile]);

impl Serialize for Slice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(name, known)| Cell(name, known)))
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self(name, known) = self;
        if known.is_empty() {
            return serializer.serialize_str(name);
        }
        let mut file = serializer.serialize_seq(Some(1 + known.len()))?;
        file.serialize_element(name)?;
        for known in known {
            file.serialize_element(known)?;
        }
        file.end()
    }
}

/// One file from JSON.
struct File(String, Vec<KnownFile>);

impl<'de> Deserialize<'de> for Slice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Files;

        impl<'de> Visitor<'de> for Files {
            type Value = Slice;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an array of files")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut files: A) -> Result<Slice, A::Error> {
                let (mut slice, mut place) = (Slice::default(), 0);
                while let Some(File(name, known)) = files.next_element()? {
                    // One would come out as two.
                    if name.contains('\0') {
                        return Err(de::Error::custom("a NUL is in no name"));
                    }
                    slice.know(place, known);
                    slice.names += &name;
                    slice.names.push('\0');
                    place += 1;
                }
                Ok(slice)
            }
        }

        deserializer.deserialize_seq(Files)
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameAndKnown;

        impl<'de> Visitor<'de> for NameAndKnown {
            type Value = File;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a name, or an array of a name and what is known")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<File, E> {
                Ok(File(name.to_owned(), Vec::new()))
            }

            fn visit_string<E: de::Error>(self, name: String) -> Result<File, E> {
                Ok(File(name, Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<File, A::Error> {
                let name = cells.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                let mut known = Vec::new();
                while let Some(file) = cells.next_element()? {
                    known.push(file);
                }
                Ok(File(name, known))
            }
        }

        deserializer.deserialize_any(NameAndKnown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"["x.mp3",["y.mp3",[7,10,20,30,1,0,"k",0],[8,1,2,3,0,1,null,2]],"z.mp3"]"#;

    fn told(slice: &Slice) -> Vec<(&str, Vec<i64>)> {
        assert_eq!(slice.is_empty(), slice.iter().next().is_none());
        slice.iter().map(|(name, known)| (name, known.iter().map(|known| known.id).collect())).collect()
    }

    #[test]
    fn a_file_is_its_name_or_an_array() {
        let slice: Slice = serde_json::from_str(JSON).unwrap();
        assert_eq!(told(&slice), [("x.mp3", vec![]), ("y.mp3", vec![7, 8]), ("z.mp3", vec![])]);
        let missing = slice.iter().flat_map(|(_, known)| known).map(KnownFile::is_missing);
        assert!(missing.eq([false, true]));
        assert_eq!(serde_json::to_string(&slice).unwrap(), JSON);
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for json in [r#"["x\u0000y.mp3"]"#, "[[]]", "[1]", r#"[["x.mp3",1]]"#, r#""x.mp3""#] {
            assert!(serde_json::from_str::<Slice>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn files_keep_what_is_known_of_them_however_they_are_divided() {
        let whole: Slice = serde_json::from_str(JSON).unwrap();
        for count in 0..=4 {
            let mut first = whole.clone();
            let rest = first.split_off(count);
            assert_eq!([told(&first), told(&rest)].concat(), told(&whole));
            assert_eq!(told(&first).len(), count.min(3));
        }
    }

    #[test]
    fn very_many_files_are_several_slices() {
        let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        let known = |name: &str| match name {
            "70" | "72" | "199" => vec![KnownFile::from((name.parse().unwrap(), 0, 0, 0, 1, 0, None, 0))],
            _ => Vec::new(),
        };
        let slices = Slice::of(numbers.iter().map(String::as_str).collect(), known);
        let all: Vec<_> = slices.iter().flat_map(told).collect();
        assert!(all.iter().map(|(name, _)| name).eq(&numbers));
        assert!(all.iter().filter(|(_, known)| !known.is_empty()).eq(&[
            ("70", vec![70]),
            ("72", vec![72]),
            ("199", vec![199])
        ]));
        assert_eq!(slices.len(), 4);
        assert_eq!(told(&Slice::joined(slices.clone())), all);
    }

    #[test]
    fn the_last_name_needs_no_end() {
        let mut slice = Slice::from("x.mp3\0y.mp3".to_owned());
        let rest = slice.split_off(1);
        assert_eq!((told(&slice), told(&rest)), (vec![("x.mp3", vec![])], vec![("y.mp3", vec![])]));
        assert!(slice.split_off(1).is_empty());
    }
}
