//! Tags that stand in front of a container and behind it.

mod ape;
mod id3v1;
mod leading;
mod lyrics3;
mod trailing;

pub(crate) use leading::Leading;
pub(crate) use trailing::Trailing;

#[cfg(test)]
pub(crate) use ape::tests::tag as ape_with;
#[cfg(test)]
pub(crate) use id3v1::tests::tag as id3v1_with;
