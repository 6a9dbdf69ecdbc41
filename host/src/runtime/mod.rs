//! Components, and the sandboxes that their instances run in. The calls are made by the other
//! wings.

pub(crate) mod apart;
pub(crate) mod asked;
pub(crate) mod bindings;
pub(crate) mod built_in;
pub(crate) mod calls;
pub(crate) mod component;
mod desk;
mod engine;
pub(crate) mod error;
pub(crate) mod identity;
pub(crate) mod instance;
pub(crate) mod limits;
pub(crate) mod opened;
pub(crate) mod own;
pub(crate) mod place;
mod question;
pub(crate) mod root;
pub(crate) mod sandbox;
pub(crate) mod ticker;
pub(crate) mod waiting;
pub(crate) mod world;
