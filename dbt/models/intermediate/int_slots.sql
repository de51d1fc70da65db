-- Classroom slots with classroom, session and path; without slots of sessions outside of `programme_paths`.
with trainers as (
    select slots.slot_id, string_agg(people.display_name, ', ' order by people.display_name) as trainers
    from {{ ref('stg_classroom_slots') }} as slots
    cross join lateral {{ json_elements('slots.trainer_ids') }}
    inner join {{ ref('int_people') }} as people on people.user_id = {{ json_string('item.value') }}
    group by slots.slot_id
)

select
    slots.slot_id,
    slots.name as slot_name,
    slots.classroom_id,
    classrooms.name as classroom_name,
    sessions.session_id,
    sessions.session_name,
    sessions.path_id,
    sessions.path_name,
    sessions.satisfaction_hundredths,
    classrooms.group_id,
    groups.name as group_name,
    slots.start_at,
    slots.end_at,
    {{ local_date('slots.start_at') }} as slot_date,
    {{ local_date('slots.end_at') }} as slot_end_date,
    cast(round(coalesce(
        slots.reported_hours * 100,
        cast({{ milliseconds_between('slots.start_at', 'slots.end_at') }} as numeric(18, 4)) / 36000
    )) as bigint) as duration_hundredths,
    {{ timing('slots.start_at', 'slots.end_at') }} as timing,
    coalesce(slots.is_virtual, false) as is_virtual,
    slots.location,
    trainers.trainers,
    slots.capacity
from {{ ref('stg_classroom_slots') }} as slots
left join {{ ref('stg_classrooms') }} as classrooms on slots.classroom_id = classrooms.classroom_id
left join {{ ref('stg_groups') }} as groups on classrooms.group_id = groups.group_id
left join {{ ref('int_sessions') }} as sessions on slots.context_type = 'path' and slots.context_id = sessions.session_id
left join trainers on slots.slot_id = trainers.slot_id
{% if var('programme_paths') -%}
where slots.context_type <> 'path' or sessions.session_id is not null
{%- endif %}
