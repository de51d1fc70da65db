-- Every group with itself (distance 0) and each group above it. `union` ends where groups are parents of one another.
with recursive ancestors as (
    select source_relation, group_id, group_id as ancestor_id, 0 as distance from {{ ref('stg_learning360__groups') }}
    union
    select ancestors.source_relation, ancestors.group_id, groups.parent_id, ancestors.distance + 1
    from ancestors
    inner join {{ ref('stg_learning360__groups') }} as groups
        on ancestors.source_relation = groups.source_relation and ancestors.ancestor_id = groups.group_id
    where groups.parent_id is not null and groups.parent_id <> ancestors.group_id and ancestors.distance < 50
)

select source_relation, group_id, ancestor_id, min(distance) as distance
from ancestors
group by source_relation, group_id, ancestor_id
