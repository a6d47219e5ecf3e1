//! What can be catalogued: kinds of entries, the roles of links between them, the
//! form of an ID, and references to public catalogues.

mod audience;
mod id;
mod kind;
mod known;
mod name;
mod reference;
mod scheme;
mod title;
mod vocabulary;

pub use audience::Audience;
pub use id::{id_anchor, id_form, is_id, next_formed, next_free};
pub use kind::{BUILT_IN_ROLES, Form, Kind, Kinds, Role, Roles, capital};
pub use known::{BuiltInKind, BuiltInRole};
pub use name::{as_title, leading_number, readable, stem};
pub use reference::{Reference, catalogues};
pub use scheme::{GAP, Scheme, whole};
pub use title::Standing;
pub use vocabulary::{ELEMENTS, SEVERITIES, STATUSES, STRIDE, Stride, severity_rank};
