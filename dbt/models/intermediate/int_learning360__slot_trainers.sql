-- The trainers of each slot.
select distinct slots.source_relation, slots.slot_id, people.user_id, people.display_name
from {{ ref('stg_learning360__classroom_slots') }} as slots
cross join lateral {{ json_elements('slots.trainer_ids') }}
inner join {{ ref('int_learning360__people') }} as people
    on slots.source_relation = people.source_relation and people.user_id = {{ json_string('item.value') }}
