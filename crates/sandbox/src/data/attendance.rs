//! Attendance sheets, and on each of them the learners registered for the slot.

use super::classrooms::SETTLED;
use super::id::{Id, Mint};
use super::moment::{DAY, Moment};
use super::records::{
    Attendance, PersonalizedFields, Presence, Registration, Sheet, SheetStatus, Slot, Status, User,
};
use super::rng::Rng;

const NAMES: [&str; 3] = ["Matin", "Après-midi", "Journée n° 2"];

/// How many sheets each of `slots` slots has: 0 to 3, `total` together.
pub(crate) fn sheet_counts(rng: &mut Rng, slots: usize, total: usize) -> Vec<usize> {
    let mut counts: Vec<usize> = (0..slots).map(|_| rng.below(4)).collect();
    let total = total.min(3 * slots);
    let mut sum: usize = counts.iter().sum();
    while sum != total {
        let count = &mut counts[rng.below(slots)];
        if sum < total && *count < 3 {
            *count += 1;
            sum += 1;
        } else if sum > total && *count > 0 {
            *count -= 1;
            sum -= 1;
        }
    }
    counts
}

/// One sheet of a slot, as far as time has brought it.
pub(crate) fn sheet(
    rng: &mut Rng,
    mint: &mut Mint,
    slot: &Slot,
    place: usize,
    settled: bool,
    now: Moment,
) -> Sheet {
    let old = slot.end_date.plus(SETTLED) < now;
    let status = match (slot.end_date >= now, settled, old) {
        (true, ..) => SheetStatus::Open,
        (_, true, true) if rng.chance(950) => SheetStatus::Signed,
        (_, true, false) if rng.chance(600) => SheetStatus::Signed,
        (_, true, _) => SheetStatus::Closed,
        _ if rng.chance(700) => SheetStatus::Open,
        _ => SheetStatus::Adjustment,
    };
    let coded = matches!(status, SheetStatus::Open | SheetStatus::Adjustment) || rng.chance(200);
    Sheet {
        id: mint.at(slot.born),
        name: NAMES[place % NAMES.len()],
        personalized_fields: rng.chance(500).then(|| PersonalizedFields {
            organization_name: rng.chance(900).then(|| "Programme France Num Bretagne".to_owned()),
            organization_logo_id: rng.chance(400).then(|| mint.at(slot.born.plus(-DAY))),
        }),
        status,
        check_in_code: coded.then(|| format!("{:04}", rng.below(10_000))),
        slot: slot.id,
    }
}

/// The line of a learner on a sheet.
pub(crate) fn attendance(
    rng: &mut Rng,
    mint: &mut Mint,
    sheet: &Sheet,
    registration: &Registration,
    user: &User,
    created: Moment,
) -> Attendance {
    let unnamed =
        || user.mail.as_deref().and_then(|mail| mail.split('.').next()).unwrap_or("Invité").to_owned();
    Attendance {
        id: mint.at(created),
        user_id: user.id,
        first_name: user.first_name.map_or_else(unnamed, str::to_owned),
        last_name: user.last_name.map_or_else(String::new, str::to_owned),
        status: match sheet.status {
            SheetStatus::Signed | SheetStatus::Closed => presence(registration.has_attended),
            SheetStatus::Open if rng.chance(700) => Presence::AttendancePending,
            SheetStatus::Open | SheetStatus::Adjustment => Presence::SignaturePending,
        },
        sheet: sheet.id,
    }
}

pub(crate) fn presence(has_attended: Option<bool>) -> Presence {
    if has_attended == Some(true) { Presence::Present } else { Presence::Absent }
}

/// All sheets of a slot with their attendances.
pub(crate) fn sheets_of<'a>(
    rng: &mut Rng,
    mint: &mut Mint,
    slot: &Slot,
    count: usize,
    registrations: &[Registration],
    now: Moment,
    user: impl Fn(Id) -> Option<&'a User>,
) -> (Vec<Sheet>, Vec<Attendance>) {
    let settled = registrations.iter().any(|registration| registration.has_attended.is_some());
    let (mut sheets, mut attendances) = (Vec::new(), Vec::new());
    for place in 0..count {
        let sheet = sheet(rng, mint, slot, place, settled, now);
        for registration in registrations.iter().filter(|one| one.status == Status::Published) {
            if let Some(user) = user(registration.user_id) {
                let created = registration.created_at.unwrap_or(slot.born).max(slot.born);
                attendances.push(attendance(rng, mint, &sheet, registration, user, created));
            }
        }
        sheets.push(sheet);
    }
    (sheets, attendances)
}
