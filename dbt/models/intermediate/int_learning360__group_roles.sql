-- The values of roles that come from groups (`learning360_group_roles`): the group directly below the named one, or the
-- user's own group if it is a leaf below it.
with places as (
    {%- for role, place, name in group_roles() %}
    select {{ literal(role) }} as role, '{{ place }}' as place, {{ literal(name) }} as name, {{ normal_form(literal(name)) }} as form
    union all
    {%- endfor %}
    select cast(null as text) as role, cast(null as text) as place, cast(null as text) as name, cast(null as text) as form where false
),

-- The primary group comes first.
own as (
    select source_relation, user_id, primary_group_id as group_id, 0 as preference
    from {{ ref('stg_learning360__users') }}
    where primary_group_id is not null
    union all
    select source_relation, user_id, group_id, 1 from {{ ref('stg_learning360__group_memberships') }}
),

named as (
    select groups.source_relation, groups.group_id as top_id, places.role, places.place
    from {{ ref('stg_learning360__groups') }} as groups
    inner join places on groups.group_id = places.name or {{ normal_form('groups.name') }} = places.form
),

parents as (
    select distinct source_relation, parent_id from {{ ref('stg_learning360__groups') }} where parent_id is not null
),

candidates as (
    select
        own.source_relation,
        own.user_id,
        named.role,
        case named.place
            when 'child_of' then coalesce(children.name, children.group_id)
            else coalesce(leaves.name, leaves.group_id)
        end as value,
        own.preference,
        leaves.name as group_name,
        tops.distance,
        own.group_id
    from own
    inner join {{ ref('int_learning360__group_ancestors') }} as tops
        on own.source_relation = tops.source_relation and own.group_id = tops.group_id
    inner join named
        on tops.source_relation = named.source_relation and tops.ancestor_id = named.top_id
    inner join {{ ref('stg_learning360__groups') }} as leaves
        on own.source_relation = leaves.source_relation and own.group_id = leaves.group_id
    left join {{ ref('int_learning360__group_ancestors') }} as steps
        on own.source_relation = steps.source_relation and own.group_id = steps.group_id and steps.distance = tops.distance - 1
    left join {{ ref('stg_learning360__groups') }} as children
        on steps.source_relation = children.source_relation and steps.ancestor_id = children.group_id
    left join parents on own.source_relation = parents.source_relation and own.group_id = parents.parent_id
    where tops.distance > 0 and (named.place = 'child_of' or parents.parent_id is null)
)

select
    source_relation,
    user_id,
    role,
    value,
    row_number() over (
        partition by source_relation, user_id, role
        order by preference, {{ by_bytes('group_name') }}, group_id, distance
    ) as choice
from candidates
where value is not null
