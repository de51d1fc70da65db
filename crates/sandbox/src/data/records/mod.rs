//! The rows of the world. Field order and names are those of the API's documentation; what the API leaves
//! out of a row but the sandbox needs (parents, values) is skipped when the row is written.

mod classrooms;
mod more;
mod people;
mod training;

pub(crate) use classrooms::*;
pub(crate) use more::*;
pub(crate) use people::*;
pub(crate) use training::*;

use super::id::Id;
use super::table::Keyed;

macro_rules! keyed {
    ($($row:ty $(, under $parent:ident)?;)+) => {$(
        impl Keyed for $row {
            fn id(&self) -> Id {
                self.id
            }
            $(fn parent(&self) -> Option<Id> {
                Some(self.$parent)
            })?
        }
    )+};
}

keyed! {
    User;
    Group;
    CustomField;
    Path;
    Session, under path_id;
    Enrollment, under path_id;
    Classroom;
    Slot, under classroom_id;
    Registration, under slot;
    Sheet, under slot;
    Attendance, under sheet;
    Attempt;
}

impl Keyed for Kept {
    fn id(&self) -> Id {
        self.id
    }

    fn parent(&self) -> Option<Id> {
        self.parent
    }
}
