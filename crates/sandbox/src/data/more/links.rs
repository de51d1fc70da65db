//! Links of the company and its users, ids in other systems, and who waits for a slot.

use std::collections::HashSet;

use serde_json::json;

use super::{Kind, Maker};
use crate::data::FIRST;
use crate::data::id::Id;
use crate::data::moment::DAY;
use crate::data::records::Kept;

const ICONS: [&str; 7] = ["agenda", "absence", "certificate", "convention", "default", "inbox", "survey"];

impl Maker<'_> {
    /// Links of the company, of its users, and to other systems.
    pub(super) fn links(&mut self) {
        let mut rng = self.rng("links");
        let mut links = Vec::new();
        for number in 0..self.counts.custom_links {
            let id = self.more.mint.at(FIRST.plus(rng.between(0, 300 * DAY)));
            let mut row = json!({"name": format!("Lien n° {} & cie", number + 1), "order": number, "type": format!("lien-{number}")});
            if number % 4 != 3 {
                row["iconName"] = json!(ICONS[number % ICONS.len()]);
            }
            row["_id"] = json!(id);
            links.push(Kept::new(id, row));
        }
        let mut of_users = Vec::new();
        let mut users: Vec<(Id, _)> =
            self.world.users.rows().iter().map(|user| (user.id, user.created)).collect();
        users.sort_by_key(|&(id, _)| id);
        for &(user, created) in &users {
            for link in links.iter().take(2) {
                if rng.chance(250) {
                    let id = self.more.mint.at(rng.moment(created, self.until));
                    let url = format!("https://espace.example/{user}?lien={}", link.text("type"));
                    of_users.push(Kept::under(
                        user,
                        id,
                        json!({"_id": id, "customLinkId": link.id, "url": url}),
                    ));
                }
            }
        }
        self.more.put(Kind::CustomLinks, links);
        self.more.put(Kind::UserLinks, of_users);

        let mut targets: Vec<(&str, Id)> = users.iter().map(|&(id, _)| ("user", id)).collect();
        rng.shuffle(&mut targets);
        let world = self.world;
        targets.extend(self.more.ids(Kind::Courses).into_iter().map(|id| ("course", id)));
        targets.extend(world.groups.rows().iter().map(|group| ("group", group.id)));
        targets.extend(world.paths.rows().iter().map(|path| ("path", path.id)));
        targets.extend(world.sessions.rows().iter().map(|session| ("pathSession", session.id)));
        targets.extend(world.slots.rows().iter().map(|slot| ("classroomSlot", slot.id)));
        // Other things first, so that each kind has some at any scale.
        targets.reverse();
        let targets =
            targets.into_iter().enumerate().filter(|(place, one)| place % 2 == 0 || one.0 == "user");
        let external = targets.map(|(_, one)| one).take(self.counts.external_ids);
        let mut ids = Vec::new();
        for (number, (kind, target)) in external.enumerate() {
            let id = self.more.mint.at(rng.moment(FIRST, self.until));
            let platform = *rng.pick(&["SIRH", "CRM France Num", "Catalogue OPCO"]);
            let value = format!("{}-{number:06}", &kind[..2].to_uppercase());
            let row = json!({"platform": platform, "targetId": target, "targetType": kind, "value": value, "_id": id});
            ids.push(Kept { aside: json!({"type": kind}), ..Kept::new(id, row) });
        }
        self.more.put(Kind::ExternalIds, ids);
    }

    /// Only slots that can be full have a waitlist.
    pub(super) fn waitlists(&mut self) {
        let mut rng = self.rng("waitlists");
        let learners = self.learners();
        let mut requests = Vec::new();
        let mut slots: Vec<_> = self.world.slots.rows().iter().collect();
        slots.sort_by_key(|slot| slot.id);
        for slot in slots.into_iter().filter(|slot| slot.max_capacity.is_some()) {
            let registered: HashSet<Id> =
                self.world.registrations.of(slot.id).map(|one| one.user_id).collect();
            let count = rng.below(5).saturating_sub(1);
            let close = slot.start_date.min(self.until);
            for (user, created) in rng.sample(&learners, count) {
                let from = created.max(slot.born);
                if from < close && !registered.contains(&user) {
                    let at = rng.moment(from, close);
                    let row = json!({"userId": user, "requestedAt": at});
                    requests.push(Kept::under(slot.id, self.more.mint.at(at), row));
                }
            }
        }
        self.more.put(Kind::Waitlist, requests);
    }
}
