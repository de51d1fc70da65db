//! The data of a sandbox: made from a seed, moved by change batches.

mod attendance;
mod change;
mod classrooms;
mod crowd;
mod enrollments;
pub(crate) mod fields;
mod gathered;
pub(crate) mod id;
pub(crate) mod moment;
pub(crate) mod more;
mod names;
mod network;
mod people;
mod progress;
pub(crate) mod records;
pub(crate) mod relations;
pub(crate) mod rng;
mod steps;
pub(crate) mod table;
mod training;
mod undated;

pub use change::{Changes, Touched};

use std::sync::OnceLock;

use gathered::Gathered;
use id::{ById, Id, Mint, grouped};
use moment::{DAY, MINUTE, Moment};
use more::More;
use network::Network;
use records::{
    Attendance, Classroom, CustomField, Enrollment, Group, Path, Registration, Session, Sheet, Slot, User,
};
use rng::Rng;
use table::Table;

use crate::scale::{Counts, Scale};
use crate::tenant::Tenant;

/// When the programme's platform was opened.
const FIRST: Moment = Moment::on(2024, 5, 2);

/// The clock of a new sandbox: a Monday morning.
const NOW: Moment = Moment::on(2026, 11, 2).plus(8 * 60 * MINUTE);

/// Nothing that happened is dated later than this before the clock.
const QUIET: i64 = 65 * MINUTE;

/// Everything that a 360Learning platform would know.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) clock: Moment,
    batches: u64,
    mint: Mint,
    network: Network,
    trainers: Vec<Id>,
    pub(crate) groups: Table<Group>,
    pub(crate) fields: Table<CustomField>,
    pub(crate) users: Table<User>,
    pub(crate) paths: Table<Path>,
    pub(crate) sessions: Table<Session>,
    pub(crate) enrollments: Table<Enrollment>,
    pub(crate) classrooms: Table<Classroom>,
    pub(crate) slots: Table<Slot>,
    pub(crate) registrations: Table<Registration>,
    pub(crate) sheets: Table<Sheet>,
    pub(crate) attendances: Table<Attendance>,
    pub(crate) more: More,
    gathered: OnceLock<Gathered>,
    /// Parts of the platform that the company has not enabled.
    pub(crate) features_off: Vec<String>,
    pub(crate) tenant: Tenant,
}

impl World {
    pub(crate) fn new(scale: Scale, seed: u64) -> Self {
        let mut world = Self::of(scale.counts(), seed);
        world.furnish(scale.more());
        world
    }

    fn of(counts: Counts, seed: u64) -> Self {
        let mut minting = Mint::new(seed);
        let mint = &mut minting;
        let rng = |purpose| Rng::new(seed, purpose);
        let (now, until) = (NOW, NOW.plus(-QUIET));

        let (groups, network) = network::build(&mut rng("groups"), mint, FIRST, counts.groups);
        let fields = fields::definitions(mint, FIRST.plus(DAY));
        let registry = people::Registry { network: &network, fields: &fields, until };
        let users = registry.populate(&mut rng("users"), mint, FIRST, counts.users, counts.missing_values);
        let trainers = people::trainers(&users);

        let studio = training::Studio { network: &network, trainers: &trainers, first: FIRST, now, until };
        let mut paths = studio.paths(&mut rng("paths"), mint, counts.paths);
        let sessions = studio.sessions(&mut rng("sessions"), mint, &paths, counts.sessions);
        let classrooms = studio.classrooms(&mut rng("classrooms"), mint, &paths, counts.classrooms);
        let rooms = grouped(classrooms.iter().map(|classroom| (classroom.path, classroom.id)));
        training::give_steps(&mut rng("steps"), mint, &mut paths, |path| {
            rooms.get(&path).cloned().unwrap_or_default()
        });
        let intake = enrollments::Intake {
            network: &network,
            users: &users,
            paths: &paths,
            sessions: &sessions,
            now,
            until,
        };
        let enrollments =
            intake.enroll(&mut rng("enrollments"), mint, counts.enrollments, counts.archived_enrollments);

        let of_path = grouped(sessions.iter().map(|session| (session.path_id, session)));
        let slots = studio.slots(&mut rng("slots"), mint, &classrooms, &of_path, counts.slots);
        let of_session = grouped(enrollments.iter().map(|one| (one.session_id, one)));
        let anyone: Vec<Id> = users[trainers.len()..].iter().map(|user| user.id).collect();
        let by_id: ById<&User> = users.iter().map(|user| (user.id, user)).collect();
        let sheet_counts = attendance::sheet_counts(&mut rng("sheets"), slots.len(), counts.sheets);
        let mut draws = rng("attendance");
        let (mut registrations, mut sheets, mut attendances) = (Vec::new(), Vec::new(), Vec::new());
        for (slot, count) in slots.iter().zip(sheet_counts) {
            let enrolled = of_session.get(&slot.context.id).map_or(&[][..], Vec::as_slice);
            let registered = studio.registrations(&mut draws, mint, slot, enrolled, &anyone);
            let user = |id| by_id.get(&id).copied();
            let (of_slot, lines) =
                attendance::sheets_of(&mut draws, mint, slot, count, &registered, now, user);
            registrations.extend(registered);
            sheets.extend(of_slot);
            attendances.extend(lines);
        }
        drop((of_session, by_id));

        Self {
            seed,
            clock: now,
            batches: 0,
            groups: Table::new(seed, groups),
            fields: Table::new(seed, fields),
            users: Table::new(seed, users),
            paths: Table::new(seed, paths),
            sessions: Table::new(seed, sessions),
            enrollments: Table::new(seed, enrollments),
            classrooms: Table::new(seed, classrooms),
            slots: Table::new(seed, slots),
            registrations: Table::new(seed, registrations),
            sheets: Table::new(seed, sheets),
            attendances: Table::new(seed, attendances),
            mint: minting,
            network,
            trainers,
            more: More::empty(seed),
            gathered: OnceLock::new(),
            features_off: Vec::new(),
            tenant: Tenant::default(),
        }
    }

    pub(crate) fn has_user(&self, id: &str) -> bool {
        Id::parse(id).is_some_and(|id| self.users.get(id).is_some())
    }
}
