{{ config(indexes=key_index(['slot_id'])) }}
-- Slots of classrooms that exist, with session and path; without slots of sessions outside of `learning360_programme_paths`.
with zones as (
    {{ time_zones() }}
),

trainers as (
    select
        source_relation,
        slot_id,
        {{ joined('display_name', ', ', by_bytes('display_name')) }} as trainers
    from {{ ref('int_learning360__slot_trainers') }}
    group by source_relation, slot_id
),

-- A session or a path that is deleted takes its slots along, whether or not their own deletions are logged.
deleted_sessions as (
    select source_relation, object_id as session_id, deleted_at
    from {{ ref('stg_learning360__deletions') }}
    where stream = 'path_sessions'
    union all
    select sessions.source_relation, sessions.session_id, deletions.deleted_at
    from {{ ref('stg_learning360__path_sessions') }} as sessions
    inner join {{ ref('stg_learning360__deletions') }} as deletions
        on sessions.source_relation = deletions.source_relation and deletions.stream = 'paths' and sessions.path_id = deletions.object_id
),

timed as (
    select
        slots.*,
        coalesce(zones.name, {{ literal(var('learning360_time_zone') or 'Europe/Paris') }}) as time_zone,
        cast(round(slots.reported_hours * 3600000) as bigint) as reported_ms,
        {{ milliseconds_between('slots.start_at', 'slots.end_at') }} as elapsed_ms
    from {{ ref('stg_learning360__classroom_slots') }} as slots
    left join zones on slots.timezone = zones.name
    where
        {{ was_there('slots.created_at') }}
        and not exists (
            select 1 from deleted_sessions
            where
                deleted_sessions.source_relation = slots.source_relation and slots.context_type = 'path'
                and deleted_sessions.session_id = slots.context_id and {{ precedes('slots.extracted_at', 'deleted_sessions.deleted_at') }}
        )
)

select
    slots.source_relation,
    slots.slot_id,
    slots.name as slot_name,
    slots.classroom_id,
    classrooms.name as classroom_name,
    sessions.session_id,
    sessions.session_name,
    sessions.path_id,
    sessions.path_name,
    sessions.satisfaction_hundredths,
    sessions.recommendation_hundredths,
    classrooms.group_id,
    groups.name as group_name,
    slots.start_at,
    slots.end_at,
    slots.time_zone,
    {{ at_zone('slots.start_at', 'slots.time_zone') }} as start_local,
    {{ at_zone('slots.end_at', 'slots.time_zone') }} as end_local,
    coalesce({{ slot_duration('slots.reported_ms') }}, {{ slot_duration('slots.elapsed_ms') }}) as duration_ms,
    case
        when slots.start_at is null and slots.end_at is null then 'unknown'
        else {{ timing('slots.start_at', 'coalesce(slots.end_at, slots.start_at)') }}
    end as timing,
    coalesce(slots.is_virtual, false) as is_virtual,
    slots.location,
    trainers.trainers,
    slots.capacity,
    case when slots.capacity > 0 then slots.capacity end as limited_capacity
from timed as slots
inner join {{ ref('stg_learning360__classrooms') }} as classrooms
    on slots.source_relation = classrooms.source_relation and slots.classroom_id = classrooms.classroom_id
left join {{ ref('stg_learning360__groups') }} as groups
    on classrooms.source_relation = groups.source_relation and classrooms.group_id = groups.group_id
left join {{ ref('int_learning360__sessions') }} as sessions
    on slots.source_relation = sessions.source_relation and slots.context_type = 'path' and slots.context_id = sessions.session_id
left join trainers on slots.source_relation = trainers.source_relation and slots.slot_id = trainers.slot_id
{% if names_of(var('learning360_programme_paths')) -%}
left join {{ ref('stg_learning360__path_sessions') }} as known_sessions
    on slots.source_relation = known_sessions.source_relation and slots.context_id = known_sessions.session_id
-- A slot whose session is gone may belong to the program.
where coalesce(slots.context_type, '') <> 'path' or sessions.session_id is not null or known_sessions.session_id is null
{%- endif %}
