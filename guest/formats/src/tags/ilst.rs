//! The item list of MP4 files.

use lofty::mp4::{AtomData, AtomIdent, Ilst};

use super::{Collector, Field, Source};

impl Source for Ilst {
    fn pour(&self, collector: &mut Collector<'_>) {
        for atom in self {
            let field = of_atom(atom.ident());
            let key = || name(atom.ident());
            for data in atom.data() {
                match data {
                    AtomData::UTF8(text) | AtomData::UTF16(text) => collector.text(field, text, key),
                    AtomData::Bool(value) => collector.text(field, if *value { "1" } else { "0" }, key),
                    AtomData::SignedInteger(value) => collector.text(field, &value.to_string(), key),
                    AtomData::UnsignedInteger(value) => collector.text(field, &value.to_string(), key),
                    AtomData::Unknown { data, .. } => match (field, data.as_slice()) {
                        // Two bytes of padding, then number and total as 16-bit integers; 0 says nothing.
                        (Some(Field::TrackNumber | Field::DiscNumber), [_, _, a, b, c, d, ..]) => {
                            let [number, total] = [[*a, *b], [*c, *d]].map(u16::from_be_bytes);
                            let shown = |value: u16| if value == 0 { String::new() } else { value.to_string() };
                            collector.text(field, &format!("{}/{}", shown(number), shown(total)), key);
                        }
                        _ => collector.binary(data.len(), key),
                    },
                    _ => collector.binary(0, key),
                }
            }
        }
    }

    fn has_picture(&self) -> bool {
        self.pictures().is_some_and(|mut pictures| pictures.next().is_some())
    }
}

fn of_atom(ident: &AtomIdent<'_>) -> Option<Field> {
    let fourcc = match ident {
        AtomIdent::Fourcc(fourcc) => fourcc,
        AtomIdent::Freeform { name, .. } => return Field::of_free_name(name),
    };
    Field::of_atom(fourcc)
}

/// `©nam`, or `----:com.apple.iTunes:ISRC`.
fn name(ident: &AtomIdent<'_>) -> String {
    match ident {
        // Four characters of Mac Roman in principle; the copyright sign is the one that occurs.
        AtomIdent::Fourcc(fourcc) => fourcc.iter().map(|&byte| char::from(byte)).collect(),
        AtomIdent::Freeform { mean, name } => format!("----:{mean}:{name}"),
    }
}
