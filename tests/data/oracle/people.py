"""The users of an account, with their groups, custom fields and roles."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import pairwise

from .streams import Row, Streams, name_of
from .values import boolean, headcount, most_used, normal, slug, text

BANDS = [
    (0, 0, "Aucun salarié"), (1, 2, "1 à 2 salariés"), (3, 9, "3 à 9 salariés"), (10, 19, "10 à 19 salariés"),
    (20, 49, "20 à 49 salariés"), (50, 249, "50 à 249 salariés"), (250, 10**9, "250 salariés et plus"),
]  # fmt: skip
# Values of these roles are one value if their normal forms are equal.
NORMALIZED = """firm agency region department town legal_form activity sector kind company_size file_status
funding""".split()


def band(count: int | None) -> str | None:
    labels = [label for lowest, highest, label in BANDS if count is not None and lowest <= count <= highest]
    return labels[0] if labels else None


class People(Streams):
    @cached_property
    def users(self) -> dict[str, Row]:
        return self.by_id("users")

    @cached_property
    def names(self) -> dict[str, str]:
        """What users are called: by name, else e-mail address, else id."""
        return {
            user: " ".join(part for field in ("firstName", "lastName") if (part := text(row.get(field))))
            or text(row.get("mail"))
            or user
            for user, row in self.users.items()
        }

    @cached_property
    def groups(self) -> dict[str, Row]:
        return self.by_id("groups")

    def lineage(self, group: str | None) -> list[str]:
        """A group and its ancestors, from below."""
        found: list[str] = []
        while group and group not in found:
            found.append(group)
            group = text(self.groups.get(group, {}).get("parentId"))
        return found

    def is_one_of(self, group: str, wanted: set[str]) -> bool:
        return bool(wanted & {normal(group), normal(name_of(self.groups, group))})

    @cached_property
    def parents(self) -> set[str | None]:
        return {text(row.get("parentId")) for row in self.groups.values()}

    @cached_property
    def groups_of(self) -> dict[str, list[str]]:
        """The groups of each user: the primary group, then the others by their names."""
        members: dict[str | None, set[str]] = defaultdict(set)
        for row in self.rows("group_memberships"):
            group = text(row.get("groupId"))
            if group in self.groups:
                members[text(row.get("userId"))].add(group)

        def order(group: str) -> tuple[bool, str, str]:
            name = name_of(self.groups, group)
            return (name is None, name or "", group)

        found = {}
        for user, row in self.users.items():
            primary = text(row.get("primaryGroupId"))
            found[user] = list(dict.fromkeys([*([primary] if primary else []), *sorted(members[user], key=order)]))
        return found

    def role_of_groups(self, rule: dict[str, set[str]], groups: list[str]) -> str | None:
        """The name of the first group that the rule finds, from the groups of a user upward."""
        for group in groups:
            line = self.lineage(group)
            wanted = rule.get("child_of", set())
            found = [child for child, parent in pairwise(line) if self.is_one_of(parent, wanted)]
            above = any(self.is_one_of(one, rule.get("leaf_of", set())) for one in line[1:])
            if above and group not in self.parents:
                found.append(group)
            if found:
                return name_of(self.groups, found[0]) or found[0]
        return None

    @cached_property
    def values(self) -> dict[str, dict[str, str | None]]:
        """The text in each custom field, by user."""
        defined = self.by_id("custom_fields")
        found: dict[str, dict[str, str | None]] = defaultdict(dict)
        for row in self.rows("user_custom_field_values"):
            user, field = text(row.get("userId")), text(row.get("customFieldId"))
            if user in self.users and field in defined:
                found[user][field] = text(row.get("value"))
        return found

    def fields_named(self, names: list[str]) -> list[str]:
        """Custom fields by their ids or names, in the order of the names, then in that of their creation."""
        rows = sorted(self.by_id("custom_fields").items())
        found = [
            field for name in names for field, row in rows if name in (normal(field), normal(row.get("name")))
        ]  # fmt: skip
        return list(dict.fromkeys(found))

    @cached_property
    def fields(self) -> list[Row]:
        """Custom fields of users in the order of their ids, each with its column and its role."""
        used = {field for values in self.values.values() for field in values}
        roles: dict[str, str] = {}
        for role in sorted(self.settings.fields, reverse=True):
            roles.update(dict.fromkeys(self.fields_named(self.settings.fields[role]), role))
        found: list[Row] = []
        taken: set[str] = set()
        for field, row in sorted(self.by_id("custom_fields").items()):
            if text(row.get("targetType")) == "contents" and field not in used:
                continue
            stem, kind = slug(text(row.get("name"))), text(row.get("type"))
            own = not stem or stem in taken
            column = "cf_" + (f"{stem}_{field.lower()}".lstrip("_") if own else stem)
            taken.add(stem)
            found.append({
                "id": field, "name": text(row.get("name")) or field, "column": column, "type": kind,
                "data_type": "date" if kind == "date" and column not in self.text_columns else "text",
                "role": roles.get(field), "position": len(found) + 1,
            })  # fmt: skip
        return found

    @cached_property
    def roles(self) -> dict[str, Row]:
        """The value of each role, by user: from the user's groups, else from custom fields."""
        fields = {role: self.fields_named(names) for role, names in self.settings.fields.items()}
        found: dict[str, Row] = {}
        for user in self.users:
            filled, groups = self.values.get(user, {}), self.groups_of[user]
            found[user] = {
                role: self.role_of_groups(self.settings.group_roles.get(role, {}), groups)
                or next((value for field in choice if (value := filled.get(field))), None)
                for role, choice in fields.items()
            }
        for role in NORMALIZED:
            spellings = most_used(value for values in found.values() if (value := values[role]))
            for values in found.values():
                values[role] = spellings.get(normal(values[role]), values[role])
        return found

    @cached_property
    def learners(self) -> dict[str, Row]:
        managers: dict[str, set[str]] = defaultdict(set)
        for row in self.rows("user_managers"):
            user, manager = text(row.get("userId")), text(row.get("managerId"))
            if user and manager in self.names:
                managers[user].add(manager)
        found = {}
        for user, row in self.users.items():
            roles, group = self.roles[user], text(row.get("primaryGroupId"))
            count = headcount(roles["headcount"])
            internal = any(self.is_one_of(one, self.settings.internal_groups) for one in self.lineage(group))
            found[user] = roles | {
                "user_id": user,
                "display_name": self.names[user],
                "first_name": text(row.get("firstName")),
                "last_name": text(row.get("lastName")),
                "email": text(row.get("mail")),
                "phone": text(row.get("phone")),
                "job": text(row.get("job")),
                "status": text(row.get("status")) or ("deleted" if boolean(row.get("deleted")) else "active"),
                "is_client": not internal,
                "group_id": group,
                "group_name": name_of(self.groups, group),
                "company": roles["company"] or text(row.get("organization")),
                "headcount": count,
                "headcount_text": roles["headcount"],
                "headcount_band": band(count),
                "platform_managers": ", ".join(sorted(self.names[one] for one in managers[user])) or None,
            }
        return found

    def person(self, user: str | None) -> Row:
        """The learner; for a user that is not in the account, one who is not a client."""
        return self.learners.get(user or "") or {"user_id": user, "is_client": False, "region": None}
