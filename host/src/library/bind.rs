//! Rows of JSON text, bound to a statement as they are parsed: nothing in between is built, and no
//! column is known.

use std::cell::Cell;
use std::fmt;

use rusqlite::Statement;
use rusqlite::types::{Null, ToSql};
use serde::de::{self, Deserialize as _, DeserializeSeed, SeqAccess, Visitor};

use super::error::{LibraryError, Unwritten};
use crate::runtime::error::Error;

/// Binds a row, a JSON array, to a statement's parameters.
pub(super) fn row(statement: &mut Statement<'_>, json: &str) -> Result<(), Unwritten> {
    let refused = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let bound = Row { statement, refused: &refused }.deserialize(&mut deserializer);
    match (bound, refused.take()) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(error)) => Err(Unwritten::Database(error)),
        (Err(error), None) => Err(LibraryError::Scan(Error::InvalidAnswer { source: error.into() }).into()),
    }
}

struct Row<'a, 's> {
    statement: &'a mut Statement<'s>,
    /// The database's own error, which does not fit into that of a parser.
    refused: &'a Cell<Option<rusqlite::Error>>,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        let places = self.statement.parameter_count();
        for place in 1..=places {
            let cell = Place { statement: &mut *self.statement, refused: self.refused, place };
            if cells.next_element_seed(cell)?.is_none() {
                return Err(de::Error::invalid_length(place - 1, &"a cell for each parameter"));
            }
        }
        match cells.next_element::<de::IgnoredAny>()? {
            Some(_) => Err(de::Error::invalid_length(places + 1, &"a cell for each parameter")),
            None => Ok(()),
        }
    }
}

/// One parameter of the statement.
struct Place<'a, 's> {
    statement: &'a mut Statement<'s>,
    refused: &'a Cell<Option<rusqlite::Error>>,
    place: usize,
}

impl Place<'_, '_> {
    fn bind<E: de::Error>(self, value: impl ToSql) -> Result<(), E> {
        self.statement.raw_bind_parameter(self.place, value).map_err(|error| {
            let told = E::custom(&error);
            self.refused.set(Some(error));
            told
        })
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("null, a number, a text, a flag or a list")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.bind(Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.bind(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.bind(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.bind(value),
            Err(_) => Err(de::Error::invalid_value(de::Unexpected::Unsigned(value), &"a number that SQLite has")),
        }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.bind(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.bind(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        let list = serde_json::Value::deserialize(de::value::SeqAccessDeserializer::new(list))?;
        self.bind(list.to_string())
    }
}
