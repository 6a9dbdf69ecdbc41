//! The table of fields: one line says how a field fills the track and what each tag format calls
//! it.

/// Makes the enum `Field` of a table, with its look-ups by name and the filling of a track.
///
/// A line is `Field kind(columns) [free names] [ID3v2] [MP4] [INFO] [ASF];`, where `kind` is a
/// function of [`kinds`](super::kinds) and the columns are fields of the track that it fills.
macro_rules! fields {
    ($(
        $(#[$docs:meta])*
        $field:ident $kind:ident ( $($column:ident),* )
            [$($free:literal)*] [$($frame:literal)*] [$($atom:literal)*] [$($info:literal)*] [$($asf:literal)*];
    )*) => {
        /// A field of a track, or a part of one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Field { $( $(#[$docs])* $field, )* }

        impl Field {
            /// Every field, in the order of the table.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$( Self::$field ),*];

            /// By a free name in capitals, without blanks and the like.
            fn of_folded(name: &[u8]) -> Option<Self> {
                match name {
                    $( $( $free => Some(Self::$field), )* )*
                    _ => None,
                }
            }

            /// By the name of an ASF attribute in capitals, where that is no free name.
            fn of_folded_attribute(name: &[u8]) -> Option<Self> {
                match name {
                    $( $( $asf => Some(Self::$field), )* )*
                    _ => None,
                }
            }

            /// By the identifier of an ID3v2 frame: four letters, or the three of ID3v2.2.
            pub fn of_frame(id: &[u8]) -> Option<Self> {
                match id {
                    $( $( $frame => Some(Self::$field), )* )*
                    _ => None,
                }
            }

            /// By the type of an atom in an MP4 item list.
            pub fn of_atom(name: &[u8; 4]) -> Option<Self> {
                match name {
                    $( $( $atom => Some(Self::$field), )* )*
                    _ => None,
                }
            }

            /// By the name of a chunk in a RIFF `INFO` list.
            pub fn of_info(name: &[u8; 4]) -> Option<Self> {
                match &name.to_ascii_uppercase()[..] {
                    $( $( $info => Some(Self::$field), )* )*
                    _ => None,
                }
            }

            /// Puts a value into the track, unless something stands there that counts more.
            /// `separators` stand between several values.
            pub(super) fn fill(
                self,
                track: &mut Track,
                pending: &mut Pending,
                separators: &'static [char],
                value: &str,
            ) {
                match self {
                    $( Self::$field => {
                        kinds::$kind(Entry { pending, separators, field: self as u8 }, value $(, &mut track.$column)*)
                    } )*
                }
                pending.note(self as u8);
            }
        }
    };
}

pub(super) use fields;
