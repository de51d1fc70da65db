//! Slots are edited, deleted and born; learners register; trainers sign attendance sheets.

use std::collections::HashSet;

use super::Batch;
use crate::data::attendance::{attendance, presence, sheets_of};
use crate::data::classrooms::{SETTLED, registered, stayed};
use crate::data::id::Id;
use crate::data::moment::{DAY, MINUTE, Moment};
use crate::data::records::{Enrollment, Rsvp, SheetStatus, Slot, Status, UserStatus};
use crate::data::table::Keyed;

impl Batch<'_> {
    pub(super) fn classrooms(&mut self) {
        self.edit_classroom();
        self.edit_slots();
        self.delete_slot();
        self.edit_registrations();
        self.sign_sheets();
        self.bear_registrations();
        self.bear_slot();
    }

    /// Ended within the days in which attendance is still being settled.
    fn recent(slot: &Slot, from: Moment) -> bool {
        slot.end_date < from && slot.end_date > from.plus(DAY - SETTLED)
    }

    fn edit_classroom(&mut self) {
        for id in Self::some(&mut self.rng, &self.world.classrooms, 1, |_| true) {
            let stamp = self.stamp();
            let Some(classroom) = self.world.classrooms.get_mut(id) else { continue };
            classroom.modified_at = Some(stamp);
            self.ledger.updated("classrooms", &[id]);
        }
    }

    fn edit_slots(&mut self) {
        for id in Self::some(&mut self.rng, &self.world.slots, self.unit, |_| true) {
            let stamp = self.stamp();
            let world = &mut *self.world;
            let Some(slot) = world.slots.get_mut(id) else { continue };
            slot.modified_at = Some(stamp);
            if self.rng.chance(500) {
                slot.max_capacity = Some(self.rng.between(14, 30));
            } else if !slot.is_virtual {
                slot.location = format!("Salle n° {}, nouveau bâtiment", 1 + self.rng.below(20));
            }
            self.ledger.updated("classroom_slots", &[id]);
            // Their rows carry the dates of the slot.
            for sheet in world.sheets.of(id) {
                self.ledger.updated("attendance_sheets", &[sheet.id]);
                for line in world.attendances.of(sheet.id) {
                    self.ledger.updated("attendances", &[line.id]);
                }
            }
        }
    }

    /// A deleted slot leaves no trace, and takes its registrations and sheets along.
    fn delete_slot(&mut self) {
        let clock = self.world.clock;
        let future =
            Self::some(&mut self.rng, &self.world.slots, 1, |slot| slot.start_date > clock.plus(DAY));
        let world = &mut *self.world;
        for id in future {
            let registrations: HashSet<Id> = world.registrations.of(id).map(Keyed::id).collect();
            let sheets: HashSet<Id> = world.sheets.of(id).map(Keyed::id).collect();
            let lines: HashSet<Id> =
                sheets.iter().flat_map(|&sheet| world.attendances.of(sheet)).map(Keyed::id).collect();
            world.registrations.remove(&registrations);
            world.sheets.remove(&sheets);
            world.attendances.remove(&lines);
            world.slots.remove(&HashSet::from([id]));
            let gone = [
                ("classroom_registrations", registrations),
                ("attendance_sheets", sheets),
                ("attendances", lines),
            ];
            self.ledger.deleted("classroom_slots", &[id]);
            for (stream, ids) in gone {
                for id in ids {
                    self.ledger.deleted(stream, &[id]);
                }
            }
        }
    }

    fn edit_registrations(&mut self) {
        let (slots, from, clock) = (&self.world.slots, self.from, self.world.clock);
        let corrected = Self::some(&mut self.rng, &self.world.registrations, self.unit, |one| {
            let recent = slots.get(one.slot).is_some_and(|slot| Self::recent(slot, from));
            recent && one.status == Status::Published && one.has_attended.is_some()
        });
        let answered = Self::some(&mut self.rng, &self.world.registrations, self.unit, |one| {
            let future = slots.get(one.slot).is_some_and(|slot| slot.start_date > clock);
            future && one.status == Status::Published
        });
        for id in corrected {
            let attended = self.world.registrations.get(id).and_then(|one| one.has_attended);
            self.attend(id, attended != Some(true));
        }
        for id in answered {
            let stamp = self.stamp();
            let Some(registration) = self.world.registrations.get_mut(id) else { continue };
            registration.rsvp = Some(Rsvp { going: self.rng.chance(700), last_updated_at: stamp });
            registration.modified_at = Some(stamp);
            self.ledger.updated("classroom_registrations", &[id]);
        }
    }

    /// Records whether a learner came, on the registration and on the sheets that are no longer open.
    fn attend(&mut self, id: Id, came: bool) {
        let stamp = self.stamp();
        let world = &mut *self.world;
        let Some(registration) = world.registrations.get_mut(id) else { return };
        let Some(slot) = world.slots.get(registration.slot) else { return };
        registration.has_attended = Some(came);
        registration.attendance_duration = stayed(&mut self.rng, slot, Some(came));
        registration.modified_at = Some(stamp);
        self.ledger.updated("classroom_registrations", &[id]);
        let user = registration.user_id;
        let done = |status| matches!(status, SheetStatus::Closed | SheetStatus::Signed);
        let sheets = world.sheets.of(slot.id).filter(|sheet| done(sheet.status));
        let lines =
            sheets.flat_map(|sheet| world.attendances.of(sheet.id)).filter(|line| line.user_id == user);
        for line in lines.map(Keyed::id).collect::<Vec<Id>>() {
            if let Some(line) = world.attendances.get_mut(line) {
                line.status = presence(Some(came));
                self.ledger.updated("attendances", &[line.id]);
            }
        }
    }

    fn sign_sheets(&mut self) {
        let (slots, from) = (&self.world.slots, self.from);
        let open = Self::some(&mut self.rng, &self.world.sheets, 1 + self.unit, |sheet| {
            let recent = slots.get(sheet.slot).is_some_and(|slot| Self::recent(slot, from));
            recent && matches!(sheet.status, SheetStatus::Open | SheetStatus::Adjustment)
        });
        for id in open {
            let Some(sheet) = self.world.sheets.get_mut(id) else { continue };
            sheet.status = SheetStatus::Signed;
            sheet.check_in_code = None;
            self.ledger.updated("attendance_sheets", &[id]);
            let slot = sheet.slot;
            let lines: Vec<(Id, Id)> =
                self.world.attendances.of(id).map(|line| (line.id, line.user_id)).collect();
            for (line, user) in lines {
                let registration = self.world.registrations.of(slot).find(|one| one.user_id == user);
                let Some((registration, attended)) = registration.map(|one| (one.id, one.has_attended))
                else {
                    continue;
                };
                if attended.is_none() {
                    let came = self.rng.chance(840);
                    self.attend(registration, came);
                }
                let attended = self.world.registrations.get(registration).and_then(|one| one.has_attended);
                if let Some(line) = self.world.attendances.get_mut(line) {
                    line.status = presence(attended);
                    self.ledger.updated("attendances", &[line.id]);
                }
            }
        }
    }

    fn bear_registrations(&mut self) {
        let clock = self.world.clock;
        let future = Self::some(&mut self.rng, &self.world.slots, self.unit, |slot| slot.start_date > clock);
        for slot in future {
            let stamp = self.stamp();
            let world = &mut *self.world;
            let Some(slot) = world.slots.get(slot) else { continue };
            let path = world.sessions.get(slot.context.id).map(|session| session.path_id);
            let enrolled: Vec<Id> = match path {
                Some(path) => {
                    let ours = world.enrollments.of(path).filter(|one| one.session_id == slot.context.id);
                    ours.filter(|one| one.status == Status::Published && one.created_at < stamp)
                        .map(|one| one.user_id)
                        .collect()
                }
                None => Self::some(&mut self.rng, &world.users, 5, |user| user.status == UserStatus::Active),
            };
            let known: HashSet<Id> = world.registrations.of(slot.id).map(|one| one.user_id).collect();
            let fresh: Vec<Id> = enrolled.into_iter().filter(|user| !known.contains(user)).collect();
            let Some(user) = self.rng.sample(&fresh, 1).pop().and_then(|id| world.users.get(id)) else {
                continue;
            };
            let registration = registered(&mut world.mint, slot, user.id, stamp, path);
            self.ledger.created("classroom_registrations", &[registration.id]);
            for sheet in world.sheets.of(slot.id) {
                let line = attendance(&mut self.rng, &mut world.mint, sheet, &registration, user, stamp);
                self.ledger.created("attendances", &[line.id]);
                world.attendances.push(line);
            }
            world.registrations.push(registration);
        }
    }

    fn bear_slot(&mut self) {
        for id in Self::some(&mut self.rng, &self.world.classrooms, 1, |_| true) {
            let early = self.from.plus(10 * MINUTE + self.rng.between(0, 100 * MINUTE));
            let world = &*self.world;
            let mut mint = world.mint.clone();
            let Some(classroom) = world.classrooms.get(id) else { continue };
            let studio = world.studio(self.until);
            let day = world.clock.plus(self.rng.between(15, 45) * DAY);
            let sessions = world.sessions.of(classroom.path);
            let mut slot = studio.slot(&mut self.rng, &mut mint, classroom, sessions, day);
            slot.id = mint.at(early);
            (slot.born, slot.created_at, slot.modified_at) = (early, Some(early), None);
            let enrolled: Vec<&Enrollment> = world
                .enrollments
                .of(classroom.path)
                .filter(|one| one.session_id == slot.context.id)
                .collect();
            let anyone =
                Self::some(&mut self.rng, &world.users, 20, |user| user.status == UserStatus::Active);
            let registrations = studio.registrations(&mut self.rng, &mut mint, &slot, &enrolled, &anyone);
            let user = |id| world.users.get(id);
            let (sheets, lines) =
                sheets_of(&mut self.rng, &mut mint, &slot, 1, &registrations, world.clock, user);

            let world = &mut *self.world;
            world.mint = mint;
            self.ledger.created("classroom_slots", &[slot.id]);
            world.slots.push(slot);
            for one in registrations {
                self.ledger.created("classroom_registrations", &[one.id]);
                world.registrations.push(one);
            }
            for one in sheets {
                self.ledger.created("attendance_sheets", &[one.id]);
                world.sheets.push(one);
            }
            for one in lines {
                self.ledger.created("attendances", &[one.id]);
                world.attendances.push(one);
            }
        }
    }
}
